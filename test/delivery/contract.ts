import { createHash, randomBytes } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { DeliveryPlace } from '../../src/config/configuration.ts';
import { checkPlace } from '../../src/delivery/check-place.ts';
import { type Delivery, type DeliveryFile, type DeliveryTask, deliver } from '../../src/delivery/deliver.ts';
import { removeLeftovers } from '../../src/delivery/leftovers.ts';
import { openRemoteFolder } from '../../src/delivery/open-folder.ts';
import type { RemoteFolder } from '../../src/delivery/remote-folder.ts';
import { temporaryName } from '../../src/delivery/temporary-name.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { carryOn } from '../../src/platform/crash-point.ts';

export const resetName = 'reset_inventory_20261124_053000.csv';

/** Something that delivery can deliver to, with a look behind it. */
export interface Rig {
  /** A place that shows the real folder `real`, and whose `temporaryDirectory` is `temporary` if given. */
  place(real: string, temporary?: string): DeliveryPlace;
  close(): Promise<void>;
}

/** What every kind of delivery place promises. */
export function deliveryContract(kind: string, start: () => Promise<Rig>): void {
  describe(`delivery to ${kind}`, () => {
    let rig: Rig;
    let base: string;
    let real: string;
    let folder: RemoteFolder;
    const open: RemoteFolder[] = [];

    beforeAll(async () => {
      rig = await start();
    });
    afterAll(() => rig.close());

    beforeEach(async () => {
      base = mkdtempSync(join(tmpdir(), 'flagship-delivery-'));
      real = join(base, 'incoming');
      mkdirSync(real);
      folder = await openPlace(rig.place(real));
    });
    afterEach(async () => {
      for (const each of open.splice(0)) await each.close();
      rmSync(base, { recursive: true });
    });

    async function openPlace(place: DeliveryPlace): Promise<RemoteFolder> {
      const opened = await openRemoteFolder(place, {
        clock: systemClock,
        signal: new AbortController().signal,
      });
      open.push(opened);
      return opened;
    }

    function fileOf(content: Uint8Array, name = resetName): DeliveryFile {
      const path = join(base, name);
      writeFileSync(path, content);
      return {
        path,
        name,
        bytes: content.length,
        sha256: createHash('sha256').update(content).digest('hex'),
      };
    }

    const task = (file: DeliveryFile, more: Partial<DeliveryTask> = {}): DeliveryTask => ({
      folder,
      file,
      wasUploaded: false,
      onUploaded: () => {},
      reached: carryOn,
      signal: new AbortController().signal,
      ...more,
    });
    const arrived = (file: DeliveryFile) => readFileSync(join(real, file.name));
    const deliverFile = (file: DeliveryFile, more: Partial<DeliveryTask> = {}) => deliver(task(file, more));

    test.each([1, 31 * 1024, 31 * 1024 + 1, 3_000_000])(
      'a file of %i bytes arrives byte for byte',
      async (bytes) => {
        const content = randomBytes(bytes);
        const file = fileOf(content);
        expect(await deliverFile(file)).toEqual({ how: 'delivered' });
        expect(arrived(file).equals(content)).toBe(true);
        expect(readdirSync(real)).toEqual([file.name]);
      },
    );

    test('an empty file arrives empty', async () => {
      const file = fileOf(new Uint8Array());
      await deliverFile(file);
      expect(statSync(join(real, file.name)).size).toBe(0);
    });

    test('a file of 60 MB arrives byte for byte', async () => {
      const file = fileOf(randomBytes(60_000_000));
      expect(await deliverFile(file)).toEqual({ how: 'delivered' });
      expect(createHash('sha256').update(arrived(file)).digest('hex')).toBe(file.sha256);
    });

    test('nobody who looks while it is delivered sees a part of it under a name ending in .csv', async () => {
      const file = fileOf(randomBytes(5_000_000));
      const seen = { parts: 0, partial: [] as number[] };
      const look = () => {
        for (const name of readdirSync(real)) {
          const bytes = statSync(join(real, name), { throwIfNoEntry: false })?.size;
          if (!name.endsWith('.csv')) seen.parts += 1;
          else if (bytes !== undefined && bytes !== file.bytes) seen.partial.push(bytes);
        }
      };
      let done = false;
      const delivery = deliverFile(file, { onProgress: look, reached: look }).finally(() => {
        done = true;
      });
      while (!done) {
        look();
        await turn();
      }
      await delivery;
      expect(seen.partial).toEqual([]);
      expect(seen.parts).toBeGreaterThan(0);
    });

    test('steps come in order: half, uploaded, before the rename, after it', async () => {
      const file = fileOf(randomBytes(500_000));
      const steps: string[] = [];
      const names: string[][] = [];
      await deliverFile(file, {
        reached: (point) => {
          steps.push(point);
          names.push(readdirSync(real));
        },
        onUploaded: () => steps.push('uploaded'),
      });
      expect(steps).toEqual(['upload-half', 'uploaded', 'remote-before-rename', 'remote-after-rename']);
      expect(names).toEqual([[temporaryName(file)], [temporaryName(file)], [file.name]]);
    });

    test('the temporary directory is where it is written, when one is configured', async () => {
      const temporary = join(base, 'staging');
      mkdirSync(temporary);
      const file = fileOf(randomBytes(100_000));
      const during: string[][] = [];
      await deliver(
        task(file, {
          folder: await openPlace(rig.place(real, temporary)),
          reached: () => during.push(readdirSync(real)),
        }),
      );
      expect(during.slice(0, 2)).toEqual([[], []]);
      expect(readdirSync(temporary)).toEqual([]);
      expect(readdirSync(real)).toEqual([file.name]);
    });

    test('the same file there already is success, and is not written again', async () => {
      const file = fileOf(randomBytes(100_000));
      await deliverFile(file);
      const before = statSync(join(real, file.name), { bigint: true });
      expect(await deliverFile(file)).toEqual({ how: 'already-there' });
      expect(statSync(join(real, file.name), { bigint: true }).mtimeNs).toBe(before.mtimeNs);
    });

    test.each(['of the same size', 'of another size'])(
      'another file %s is a conflict and stays',
      async (kind) => {
        const file = fileOf(randomBytes(1000));
        const other = randomBytes(kind === 'of the same size' ? 1000 : 999);
        writeFileSync(join(real, file.name), other);
        await expect(deliverFile(file)).rejects.toMatchObject({ code: 'delivery-conflict' });
        expect(arrived(file).equals(other)).toBe(true);
        expect(readdirSync(real)).toEqual([file.name]);
      },
    );

    test('uploaded before a crash: only the rename is left', async () => {
      const content = randomBytes(1000);
      const file = fileOf(content);
      writeFileSync(join(real, temporaryName(file)), content);
      const uploaded: boolean[] = [];
      const result = await deliverFile(file, { wasUploaded: true, onUploaded: () => uploaded.push(true) });
      expect(result).toEqual({ how: 'delivered' });
      expect(uploaded).toEqual([]);
      expect(arrived(file).equals(content)).toBe(true);
      expect(readdirSync(real)).toEqual([file.name]);
    });

    test('uploaded before a crash, but damaged since: uploaded again', async () => {
      const content = randomBytes(1000);
      const file = fileOf(content);
      writeFileSync(join(real, temporaryName(file)), Buffer.alloc(1000));
      expect(await deliverFile(file, { wasUploaded: true })).toEqual({ how: 'delivered' });
      expect(arrived(file).equals(content)).toBe(true);
    });

    test('renamed before a crash and still there: already there', async () => {
      const content = randomBytes(1000);
      const file = fileOf(content);
      writeFileSync(join(real, file.name), content);
      expect(await deliverFile(file, { wasUploaded: true })).toEqual({ how: 'already-there' });
    });

    test('renamed before a crash and fetched since: never sent again', async () => {
      const file = fileOf(randomBytes(1000));
      expect(await deliverFile(file, { wasUploaded: true })).toEqual({ how: 'taken-meanwhile' });
      expect(readdirSync(real)).toEqual([]);
    });

    test('uploaded before a crash, and the directory gone since, is no sign that it was fetched', async () => {
      const file = fileOf(randomBytes(1000));
      rmSync(real, { recursive: true });
      await expect(deliverFile(file, { wasUploaded: true })).rejects.toMatchObject({
        code: 'delivery-directory',
      });
    });

    test('fetched the moment it has its name: delivered all the same', async () => {
      const file = fileOf(randomBytes(1000));
      const result = await deliverFile(file, {
        reached: (point) => {
          if (point === 'remote-after-rename') renameSync(join(real, file.name), join(base, 'taken'));
        },
      });
      expect(result).toEqual({ how: 'taken-meanwhile' });
    });

    test('a part left by a crash is written anew', async () => {
      const content = randomBytes(200_000);
      const file = fileOf(content);
      writeFileSync(join(real, temporaryName(file)), randomBytes(300_000));
      await deliverFile(file);
      expect(arrived(file).equals(content)).toBe(true);
      expect(readdirSync(real)).toEqual([file.name]);
    });

    test('an upload that arrives damaged is not published', async () => {
      const file = fileOf(Buffer.alloc(500_000, 'x'));
      const temporary = join(real, temporaryName(file));
      const damage = () => {
        if (statSync(temporary).size === file.bytes) writeFileSync(temporary, 'y', { flag: 'r+' });
      };
      await expect(deliverFile(file, { onProgress: damage })).rejects.toMatchObject({
        code: 'delivery-corrupt',
      });
      expect(readdirSync(real)).toEqual([]);
    });

    test.each<[string, (file: DeliveryFile) => void]>([
      ['shorter', (file) => truncateSync(file.path, 1_000_000)],
      ['longer', (file) => appendFileSync(file.path, 'more')],
      ['other', (file) => writeFileSync(file.path, Buffer.alloc(file.bytes))],
      ['gone', (file) => rmSync(file.path)],
    ])('a source that is %s now is not published', async (_kind, change) => {
      const file = fileOf(randomBytes(2_000_000));
      change(file);
      await expect(deliverFile(file)).rejects.toMatchObject({ code: 'delivery-source-changed' });
      expect(readdirSync(real)).toEqual([]);
    });

    test('a source cut short while it is uploaded is not published', async () => {
      const file = fileOf(randomBytes(20_000_000));
      let cut = false;
      const onProgress = () => {
        if (!cut) truncateSync(file.path, 10_000_000);
        cut = true;
      };
      await expect(deliverFile(file, { onProgress })).rejects.toMatchObject({
        code: 'delivery-source-changed',
      });
      expect(readdirSync(real)).toEqual([]);
    });

    test('an aborted delivery publishes nothing, and the next one succeeds', async () => {
      const file = fileOf(randomBytes(2_000_000));
      const stop = new AbortController();
      const reached = () => stop.abort(new Error('stopping'));
      await expect(deliverFile(file, { reached, signal: stop.signal })).rejects.toThrow('stopping');
      expect(existsSync(join(real, file.name))).toBe(false);
      expect(await deliverFile(file)).toEqual({ how: 'delivered' });
    });

    test('our leftovers are removed, everything else stays', async () => {
      const ours = temporaryName({ name: 'reset_inventory_20261123_053000.csv', sha256: 'a'.repeat(64) });
      const others = temporaryName({ name: 'reset_inventory_20261122_053000.csv', sha256: 'b'.repeat(64) });
      const foreign = ['reset_inventory_20261121_053000.csv', 'upload.part', '.hidden', 'note.txt'];
      for (const name of [ours, others, ...foreign]) writeFileSync(join(real, name), 'x');
      expect(await removeLeftovers(folder, (name) => name !== others)).toEqual([ours]);
      expect(readdirSync(real).sort()).toEqual([others, ...foreign].sort());
    });

    test('a missing directory is told as such', async () => {
      rmSync(real, { recursive: true });
      const problem = { code: 'delivery-directory' };
      await expect(deliverFile(fileOf(randomBytes(10)))).rejects.toMatchObject(problem);
      await expect(check(rig.place(real))).rejects.toMatchObject(problem);
    });

    test('the check finds a good place good and leaves nothing behind', async () => {
      writeFileSync(join(real, 'one.csv'), 'x');
      expect(await check(rig.place(real))).toMatch(/writable, 1 entry there$/);
      expect(readdirSync(real)).toEqual(['one.csv']);
    });

    test('a folder can be listed and read', async () => {
      writeFileSync(join(real, 'packed.csv'), 'a,b\n1,2\n');
      mkdirSync(join(real, 'archive'));
      const entries = await folder.list(folder.directory);
      const shown = entries.map(({ name, kind }) => `${kind} ${name}`).sort();
      expect(shown).toEqual(['directory archive', 'file packed.csv']);
      const chunks: Uint8Array[] = [];
      for await (const chunk of folder.read(`${folder.directory}/packed.csv`)) chunks.push(chunk);
      expect(Buffer.concat(chunks).toString()).toBe('a,b\n1,2\n');
    });
  });
}

export function check(place: DeliveryPlace): Promise<string> {
  return checkPlace(place, { clock: systemClock, signal: new AbortController().signal });
}

/** The bytes of each write but the last, as the place and its server agree on them. */
export async function writeSize(place: DeliveryPlace): Promise<number> {
  const folder = await openRemoteFolder(place, { clock: systemClock, signal: new AbortController().signal });
  await folder.close();
  return folder.requestBytes;
}

/** Connects, delivers `content` as a Reset CSV, and closes. */
export async function deliverBytes(
  place: DeliveryPlace,
  content: Uint8Array,
  more: Partial<DeliveryTask> = {},
): Promise<Delivery> {
  const signal = new AbortController().signal;
  const base = mkdtempSync(join(tmpdir(), 'flagship-source-'));
  const folder = await openRemoteFolder(place, { clock: systemClock, signal });
  try {
    const file = sourceFile(base, content);
    return await deliver({
      folder,
      file,
      wasUploaded: false,
      onUploaded: () => {},
      reached: carryOn,
      signal,
      ...more,
    });
  } finally {
    await folder.close();
    rmSync(base, { recursive: true });
  }
}

function sourceFile(folder: string, content: Uint8Array): DeliveryFile {
  const path = join(folder, resetName);
  writeFileSync(path, content);
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { path, name: resetName, bytes: content.length, sha256 };
}
