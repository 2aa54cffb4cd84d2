import { createHash, randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import type { ConversionProgress } from '../../src/snapshot/conversion.ts';
import { conversionProblem } from '../../src/snapshot/conversion-problem.ts';
import { convert } from '../../src/snapshot/convert.ts';
import { convertInWorker } from '../../src/snapshot/convert-in-worker.ts';
import { conversionOf, textOf } from '../support/conversion.ts';
import { encodeCp932 } from '../support/cp932.ts';
import { mountSmallDisk } from '../support/small-disk.ts';

const header = '店舗ID,商品コード,商品名,在庫数';
const rows = (count: number) => Array.from({ length: count }, (_, index) => `1,P${index},帽子,${index % 9}`);
const bigFile = () => encodeCp932([header, ...rows(300_000), '99,X,x,1'].join('\r\n'));

describe('converting in a thread of its own', () => {
  test('gives the same report and the same files as converting here', async () => {
    const content = bigFile();
    const here = await conversionOf(content);
    const there = await conversionOf(content);
    const progress: ConversionProgress[] = [];
    const report = await convertInWorker(there, { onProgress: (each) => progress.push(each) });
    expect(report).toEqual(await convert(here));
    expect(await textOf(there.output)).toBe(await textOf(here.output));
    expect(await textOf(there.rejected)).toBe(await textOf(here.rejected));
    expect(progress.at(-1)).toMatchObject({ rows: 300_001, written: 300_000, rejected: 1 });
  });

  test('so does a packed file with more products than are remembered, which is read twice', async () => {
    // Codes that pack badly, so that what is packed is large enough for a thread that reads.
    const code = (number: number) => createHash('md5').update(String(number)).digest('hex').slice(0, 16);
    const many = Array.from({ length: 450_000 }, (_, index) => `1,${code(index)},帽,${index % 9}`);
    const content = gzipSync(encodeCp932([header, ...many, ...many.slice(-2)].join('\r\n')));
    const here = await conversionOf(content, { name: 'zaiko_20261124_0300.csv.gz' });
    const there = await conversionOf(content, { name: 'zaiko_20261124_0300.csv.gz' });
    const progress: ConversionProgress[] = [];
    const report = await convertInWorker(there, { onProgress: (each) => progress.push(each) });
    expect(report).toEqual(await convert(here));
    expect(report).toMatchObject({ written: 450_000, rejectedByReason: { duplicate: 2 } });
    expect(await textOf(there.output)).toBe(await textOf(here.output));
    const [bytesRead, bytesTotal] = [2 * content.length, 2 * content.length];
    expect(progress.at(-1)).toMatchObject({ bytesRead, bytesTotal });
  });

  test('what the thread that reads refuses is refused with its reason', async () => {
    const damaged = Buffer.from(bigFile());
    damaged[damaged.length - 1] = 0;
    const text = await conversionOf(damaged);
    expect(await convertInWorker(text)).toEqual(await convert(text));
    expect(await convertInWorker(text)).toMatchObject({ outcome: 'refused', reason: 'bad-encoding' });
    const packed = gzipSync(Buffer.from(randomBytes(4_000_000).toString('hex'))).subarray(0, -8);
    const archive = await conversionOf(packed, { name: 'zaiko_20261124_0300.csv.gz' });
    expect(await convertInWorker(archive)).toEqual(await convert(archive));
    expect(await convertInWorker(archive)).toMatchObject({ outcome: 'refused', reason: 'bad-archive' });
    const headless = await conversionOf(`x,y\n${'1,2\n'.repeat(1_500_000)}`);
    expect(await convertInWorker(headless)).toMatchObject({ outcome: 'refused', reason: 'no-header' });
  });

  test('a refusal is a report, not an error', async () => {
    const request = await conversionOf('x,y\n');
    expect(await convertInWorker(request)).toMatchObject({ outcome: 'refused', reason: 'no-header' });
  });

  test('the thread waits at a crash point until the caller has passed it', async () => {
    const request = await conversionOf(bigFile());
    const passed: string[] = [];
    const busyMs = 300;
    const report = await convertInWorker(request, {
      reached: (point) => {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, busyMs);
        passed.push(point);
      },
      onProgress: ({ rows: count }) => passed.push(count === 300_001 ? 'end' : 'progress'),
    });
    expect(report.outcome).toBe('converted');
    expect(passed.filter((each) => each === 'converting')).toHaveLength(1);
    expect(passed.indexOf('converting')).toBeLessThan(passed.indexOf('end'));
  });

  test('aborting ends it and leaves nothing', async () => {
    const request = await conversionOf(bigFile());
    const stop = new AbortController();
    const stopped = convertInWorker(request, {
      signal: stop.signal,
      reached: () => stop.abort(new Error('the service stops')),
    });
    await expect(stopped).rejects.toThrow('the service stops');
    expect([await textOf(request.output), await textOf(request.rejected)]).toEqual([undefined, undefined]);
    await expect(convertInWorker(request, { signal: stop.signal })).rejects.toThrow('the service stops');
  });

  test('an input that is gone or an output that cannot be written is a problem that names the file', async () => {
    const request = await conversionOf(`${header}\n1,A,x,5\n`);
    const failed = { code: 'conversion-failed', message: expect.stringContaining('zaiko_20261124_0300.csv') };
    const output = join(dirname(request.output), 'missing', 'reset.csv');
    await expect(convertInWorker({ ...request, output })).rejects.toMatchObject(failed);
    await rm(request.input);
    await expect(convertInWorker(request)).rejects.toMatchObject(failed);
  });

  test('a callback that fails ends it with a problem', async () => {
    const request = await conversionOf(`${header}\n1,A,x,5\n`);
    const reached = () => {
      throw new Error('broken callback');
    };
    await expect(convertInWorker(request, { reached })).rejects.toMatchObject({
      code: 'conversion-failed',
      message: expect.stringContaining('broken callback'),
    });
    expect(await textOf(request.output)).toBeUndefined();
  });

  test('input and output in one file are refused, and the input stays', async () => {
    const request = await conversionOf(`${header}\n1,A,x,5\n`);
    await expect(convertInWorker({ ...request, rejected: request.input })).rejects.toMatchObject({
      code: 'conversion-same-file',
    });
    expect(await textOf(request.input)).toContain('1,A,x,5');
  });
});

describe('a full disk', () => {
  test('is told as such', () => {
    const failure = { message: 'ENOSPC: no space left on device, write', code: 'ENOSPC' };
    expect(conversionProblem('zaiko.csv', failure)).toMatchObject({
      code: 'disk-full',
      message: expect.stringContaining('zaiko.csv'),
    });
  });

  const disk = mountSmallDisk(1);
  if (disk) afterAll(() => disk.remove());
  test.skipIf(!disk)('ends the conversion, and nothing stays on it (needs a mount)', async () => {
    const request = await conversionOf(bigFile());
    const output = join(disk?.path ?? '', 'reset.csv');
    await expect(convertInWorker({ ...request, output })).rejects.toMatchObject({ code: 'disk-full' });
    expect(await textOf(output)).toBeUndefined();
    expect(await textOf(request.rejected)).toBeUndefined();
  });
});
