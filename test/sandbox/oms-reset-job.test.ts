import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/platform/clock.ts';
import { type OmsSandbox, startOmsSandbox } from '../../src/sandbox/oms-sandbox.ts';
import { smallRetailer } from '../support/small-retailer.ts';

let folder: string;
let incoming: string;
let oms: OmsSandbox;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flagship-oms-'));
  incoming = join(folder, 'incoming');
  await mkdir(incoming);
  oms = await startOmsSandbox({ stores: smallRetailer, incoming, clock: systemClock });
});

afterEach(async () => {
  await oms.close();
  await rm(folder, { recursive: true });
});

const header = 'facilityId,externalFacilityId,locationSeqId,idType,idValue,availableQty';
const put = (name: string, ...lines: string[]) => writeFile(join(incoming, name), `${lines.join('\n')}\n`);
const names = (place: string) => readdir(join(folder, place));

describe('the sandbox\u2019s reset job', () => {
  test('overwrites the levels of the rows in the file and of no others', async () => {
    const [first, second] = ['0012345678905', '4901234567894'].map((idValue) => ({
      idType: 'UPCA',
      idValue,
    }));
    oms.levels.set('CAP_HARAJUKU', first!, 99);
    oms.levels.set('CAP_HARAJUKU', second!, 99);
    await put(
      'reset.csv',
      header,
      'CAP_HARAJUKU,1,TLTLTLLL01,UPCA,0012345678905,7',
      ',3,TLTLTLLL01,UPCA,0012345678905,-1',
    );
    expect(await oms.runResetJob()).toEqual({
      files: [{ name: 'reset.csv', status: 'SERVICE_FINISHED', rows: 2, failed: 0 }],
    });
    expect(oms.levels.document().facilities).toEqual({
      CAP_GOTEMBA: {},
      CAP_HARAJUKU: { UPCA: { '0012345678905': 7, '4901234567894': 99 } },
      CAP_KAWASAKI: {},
      CAP_SHIBUYA: { UPCA: { '0012345678905': -1 } },
    });
  });

  test('puts bad rows aside with their reason and applies the good ones', async () => {
    await put(
      'reset.csv',
      header,
      'CAP_HARAJUKU,1,TLTLTLLL01,UPCA,1,5',
      'CAP_NOWHERE,,TLTLTLLL01,UPCA,1,5',
      'CAP_HARAJUKU,3,TLTLTLLL01,UPCA,1,5',
      'CAP_HARAJUKU,1,,UPCA,1,5',
      'CAP_HARAJUKU,1,TLTLTLLL01,UPCA,1,many',
    );
    const report = await oms.runResetJob();
    expect(report.files).toEqual([{ name: 'reset.csv', status: 'SERVICE_FINISHED', rows: 5, failed: 4 }]);
    const failed = await readFile(join(folder, 'error', 'failed_reset.csv'), 'utf8');
    expect(failed.split('\n').map((line) => line.split(',').at(-1))).toEqual([
      'error',
      'Could not find facility CAP_NOWHERE / ',
      'Could not find facility CAP_HARAJUKU / 3',
      'Missing Field: locationSeqId',
      'Invalid Data: availableQty many',
      '',
    ]);
  });

  test('takes files out of the folder, and leaves names with a dot alone', async () => {
    await put('.reset.csv', header, 'CAP_HARAJUKU,1,TLTLTLLL01,UPCA,1,5');
    await put('reset.part', 'half');
    await put('a.csv', header, 'CAP_HARAJUKU,1,TLTLTLLL01,UPCA,1,5');
    await put('b.csv', 'this,is', 'not,one');
    await put('c.csv', header);
    const report = await oms.runResetJob();
    expect(report.files.map(({ status }) => status)).toEqual([
      'SERVICE_FINISHED',
      'SERVICE_FAILED',
      'SERVICE_FAILED',
    ]);
    expect(await names('incoming')).toEqual(['.reset.csv', 'reset.part']);
    expect(await names('archive')).toEqual(['a.csv']);
    expect(await names('error')).toEqual(['b.csv', 'b.csv.reason.txt', 'c.csv', 'c.csv.reason.txt']);
    expect(oms.records.imports.map(({ contentName }) => contentName)).toEqual(['a.csv', 'b.csv', 'c.csv']);
  });

  test('never imports a file twice, even when run twice at once', async () => {
    await put('reset.csv', header, 'CAP_HARAJUKU,1,TLTLTLLL01,UPCA,1,5');
    const reports = await Promise.all([oms.runResetJob(), oms.runResetJob()]);
    expect(reports.map(({ files }) => files.length)).toEqual([1, 0]);
  });

  test('takes only products that the OMS knows, where these are given', async () => {
    const strict = await startOmsSandbox({
      stores: smallRetailer,
      incoming,
      clock: systemClock,
      products: [{ idType: 'UPCA', idValue: '1' }],
    });
    await put(
      'reset.csv',
      header,
      'CAP_HARAJUKU,1,TLTLTLLL01,UPCA,1,5',
      'CAP_HARAJUKU,1,TLTLTLLL01,UPCA,2,5',
    );
    expect((await strict.runResetJob()).files[0]).toMatchObject({ rows: 2, failed: 1 });
    await strict.close();
  });
});
