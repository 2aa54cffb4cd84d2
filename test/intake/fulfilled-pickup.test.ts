import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { DeliveryPlace } from '../../src/config/configuration.ts';
import { FulfilledPickup } from '../../src/intake/fulfilled-pickup.ts';
import { FetchedRecords } from '../../src/ledger/fetched-records.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { startSftpServer } from '../../src/sandbox/sftp-server.ts';
import { makeLedger } from '../support/ledger.ts';
import { startOpenSsh } from '../support/openssh.ts';
import { findProgram } from '../support/require-program.ts';
import { eventually } from '../support/service-process.ts';
import { sftpPlace } from '../support/sftp-place.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const login = { username: 'oms', password: 'oms' };

async function overSftp(root: string): Promise<DeliveryPlace> {
  const server = await startSftpServer({ root, ...login, clock: systemClock });
  onTestFinished(() => server.close());
  return sftpPlace(server, login, { directory: '/outgoing' });
}

const sshd = findProgram('sshd');

async function overOpenSsh(root: string, options: { readOnly?: boolean } = {}): Promise<DeliveryPlace> {
  const server = await startOpenSsh(sshd ?? '', options);
  onTestFinished(() => server.close());
  return sftpPlace(server, server, { directory: join(root, 'outgoing') });
}

async function inFolder(root: string): Promise<DeliveryPlace> {
  return { type: 'folder', directory: join(root, 'outgoing') };
}

async function outgoing(open: (root: string) => Promise<DeliveryPlace>) {
  const root = await temporaryFolder();
  const directory = join(root, 'outgoing');
  const inbox = join(root, 'inbox');
  mkdirSync(directory);
  mkdirSync(inbox);
  const ledger = await makeLedger();
  const place = await open(root);
  const start = (settleMs = 300) => {
    const pickup = new FulfilledPickup({
      place,
      pollSeconds: 0.1,
      settleMs,
      inbox,
      fetched: new FetchedRecords(ledger.database),
      clock: systemClock,
      log: createLogger('silent'),
      onFile: () => {},
    });
    pickup.start();
    onTestFinished(() => pickup.stop(AbortSignal.timeout(2_000)));
    return pickup;
  };
  const filesIn = (folder: string) =>
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
      .map(({ name }) => name)
      .sort();
  return {
    directory,
    inbox,
    ledger,
    start,
    put: (name: string, content: string) => writeFileSync(join(directory, name), content),
    inboxFiles: () => filesIn(inbox),
    left: () => filesIn(directory),
    archived: () => {
      const archive = join(directory, 'archive');
      return existsSync(archive) ? filesIn(archive).filter((name) => !name.endsWith('.taking')) : [];
    },
  };
}

describe.each([
  ['a folder', inFolder, true],
  ['the sandbox SFTP server', overSftp, true],
  ["OpenSSH's server", overOpenSsh, sshd !== undefined],
] as const)('packed orders in %s', (_kind, open, available) => {
  beforeEach(({ skip }) => {
    if (!available) skip('sshd is not installed');
  });

  test('are taken into the inbox, and away from there into the archive beside them', async () => {
    const place = await outgoing(open);
    place.put('packed_1.csv', 'one');
    place.put('packed_2.CSV', 'two');
    const at = Date.UTC(2026, 10, 24, 4, 0, 0) / 1000;
    utimesSync(join(place.directory, 'packed_1.csv'), at, at);
    place.start();
    await eventually('both are archived', () => place.left().length === 0 && place.archived().length === 2);
    expect(place.inboxFiles()).toEqual(['packed_1.csv', 'packed_2.CSV']);
    expect(place.archived()).toEqual(['packed_1.csv', 'packed_2.CSV']);
    expect(readFileSync(join(place.inbox, 'packed_1.csv'), 'utf8')).toBe('one');
    expect(statSync(join(place.inbox, 'packed_1.csv')).mtimeMs).toBe(at * 1000);
  });

  test('are left alone while they grow, and where they are something else', async () => {
    const place = await outgoing(open);
    place.put('.packed.csv', 'hidden');
    place.put('packed.csv.part', 'not finished');
    place.put('packed.txt', 'no CSV');
    mkdirSync(join(place.directory, 'folder.csv'));
    place.start(1_500);
    for (let size = 1; size <= 8; size += 1) {
      place.put('growing.csv', 'x'.repeat(size * 100));
      await delay(120);
      expect(place.inboxFiles()).toEqual([]);
    }
    await eventually('the file is still and taken', () => place.inboxFiles().length > 0);
    expect(place.inboxFiles()).toEqual(['growing.csv']);
    expect(readFileSync(join(place.inbox, 'growing.csv'), 'utf8')).toHaveLength(800);
    expect(place.left()).toEqual(['packed.csv.part', 'packed.txt']);
  });

  test('of one name every time are each taken, and none replaces another in the archive', async () => {
    const place = await outgoing(open);
    place.start();
    for (const content of ['monday', 'tuesday', 'wednesday']) {
      place.put('packed.csv', content);
      await eventually('it is archived', () =>
        place
          .archived()
          .some((name) => readFileSync(join(place.directory, 'archive', name), 'utf8') === content),
      );
    }
    expect(place.archived()).toEqual(['packed-2.csv', 'packed-3.csv', 'packed.csv']);
    expect(place.inboxFiles()).toHaveLength(3);
  });

  test('that may not be moved there are fetched once, also after a restart, and again when they change', async () => {
    const place = await outgoing(open);
    writeFileSync(join(place.directory, 'archive'), 'a file, so that nothing can be put into it');
    place.put('packed.csv', 'one');
    const first = place.start();
    await eventually('it is fetched', () => place.inboxFiles().length === 1);
    await delay(500);
    await first.stop(AbortSignal.timeout(2_000));
    place.start();
    await delay(800);
    expect(place.inboxFiles()).toEqual(['packed.csv']);
    expect(place.left()).toContain('packed.csv');
    place.put('packed.csv', 'one and more');
    await eventually('it is fetched again', () => place.inboxFiles().length === 2);
  });

  test('that a sudden end left on their way are brought in at the next start', async () => {
    const place = await outgoing(open);
    mkdirSync(join(place.directory, 'archive'));
    writeFileSync(join(place.directory, 'archive', 'packed.csv.taking'), 'one');
    place.start();
    await eventually('it is archived', () => place.archived().includes('packed.csv'));
    expect(place.inboxFiles()).toEqual(['packed.csv']);
    expect(place.archived()).toEqual(['packed.csv']);
  });
});

test.skipIf(!sshd)(
  'a server that lets us read and change nothing is read all the same, each file once',
  async () => {
    const place = await outgoing((root) => overOpenSsh(root, { readOnly: true }));
    place.put('packed_1.csv', 'one');
    const first = place.start();
    await eventually('it is fetched', () => place.inboxFiles().length === 1);
    place.put('packed_2.csv', 'two');
    await eventually('the next too', () => place.inboxFiles().length === 2);
    await first.stop(AbortSignal.timeout(2_000));
    place.start();
    await delay(1_000);
    expect(place.inboxFiles()).toEqual(['packed_1.csv', 'packed_2.csv']);
    expect(place.left()).toEqual(['packed_1.csv', 'packed_2.csv']);
  },
);
