import { appendFileSync, readdirSync, readlinkSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { convert } from '../../src/snapshot/convert.ts';
import { convertInWorker } from '../../src/snapshot/convert-in-worker.ts';
import { SeenRows } from '../../src/snapshot/seen-rows.ts';
import { conversionOf, converted, textOf } from '../support/conversion.ts';
import { mountSmallDisk } from '../support/small-disk.ts';

const header = '店舗ID,商品コード,商品名,在庫数\n';
const rowOf = (number: number) => `1,SKU-${String(number).padStart(16, 'X')},帽子,${number % 9}\n`;
const rows = (count: number) => Array.from({ length: count }, (_, number) => rowOf(number)).join('');

/** So many codes that memory is full before half of them; the last row is a repeat of one that found no room. */
const distinct = 340_000;
const bigFile = `${header}${rows(distinct)}${rowOf(distinct - 2)}`;
const inFile = distinct + 1;

describe('a file of more products than are remembered in memory', () => {
  test('is converted as it is, packed too, and told of as work that goes on', async () => {
    const request = await conversionOf(gzipSync(bigFile), { name: 'zaiko.csv.gz' });
    const shares: number[] = [];
    const report = await convertInWorker(request, {
      onProgress: ({ bytesRead, bytesTotal }) => shares.push(bytesRead / bytesTotal),
    });
    expect(report).toMatchObject({ outcome: 'converted', rows: inFile, written: distinct, rejected: 1 });
    const written = rows(distinct).replaceAll(/^1,(.+),帽子,(.+)$/gm, 'CAP_HARAJUKU,$1,$2');
    expect(await textOf(request.output)).toBe(`facilityId,idValue,availableQty\n${written}`);
    expect(await textOf(request.rejected)).toContain(`${inFile + 1},duplicate,1,`);
    expect((await readdir(dirname(request.output))).sort()).toEqual(['input', 'rejected.csv', 'reset.csv']);
    expect(shares.at(-1)).toBe(1);
  });

  test('is refused, if it is, as any other', async () => {
    const torn = gzipSync(`${header}${rows(1_000)}`).subarray(0, -20);
    const { report } = await converted(torn, { name: 'zaiko.csv.gz', rememberedBytes: 0 });
    expect(report).toMatchObject({ outcome: 'refused', reason: 'bad-archive' });
  });

  test('is an error, and leaves nothing, when it changes before it is read again', async () => {
    const request = await conversionOf(`${header}${rows(100)}${rows(100)}`);
    class Changing extends SeenRows {
      override settle(): boolean {
        const again = super.settle();
        if (again) appendFileSync(request.input, '1,,x,5\n');
        return again;
      }
    }
    const seen = new Changing(dirname(request.output), 1, 0);
    await expect(convert(request, {}, { seen })).rejects.toThrow('changed while it was read');
    expect(await readdir(dirname(request.output))).toEqual(['input']);
  });

  test('leaves nothing when it is aborted, neither names nor open files', async () => {
    const open = () =>
      process.platform === 'linux' ? readdirSync('/proc/self/fd').flatMap(deletedBehind) : [];
    const before = open().length;
    const request = await conversionOf(bigFile);
    const stop = new AbortController();
    let meanwhile = 0;
    const stopped = convertInWorker(request, {
      signal: stop.signal,
      reached: () => {
        meanwhile = open().length;
        stop.abort(new Error('the service stops'));
      },
    });
    await expect(stopped).rejects.toThrow('the service stops');
    if (process.platform === 'linux') expect(meanwhile).toBeGreaterThan(before);
    expect(open()).toHaveLength(before);
    expect(await readdir(dirname(request.output))).toEqual(['input']);
  });

  const disk = mountSmallDisk(1);
  if (disk) afterAll(() => disk.remove());
  test.skipIf(!disk)('ends, and leaves nothing, when the disk is full (needs a mount)', async () => {
    const request = await conversionOf(bigFile);
    const seen = new SeenRows(disk?.path ?? '', 1, 0);
    await expect(convert(request, {}, { seen })).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(await readdir(dirname(request.output))).toEqual(['input']);
    expect(await readdir(disk?.path ?? '')).toEqual([]);
  });
});

/** A file that is open without a name, by its number. */
function deletedBehind(number: string): string[] {
  try {
    const target = readlinkSync(`/proc/self/fd/${number}`);
    return target.endsWith('(deleted)') ? [target] : [];
  } catch {
    return []; // closed since
  }
}
