import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dataFolders } from '../../src/config/data-folders.ts';
import { archivedResetRows } from '../../src/snapshot/reset-row-lookup.ts';
import { ResetRowScan, resetRowKey } from '../../src/snapshot/reset-row-scan.ts';
import { smallRetailer } from '../support/small-retailer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const cells = { facility: 0, idValue: 2, availableQty: 3 };
const text = [
  'facilityId,comments,idValue,availableQty',
  'HARAJUKU,,4901,5',
  '渋谷店,,4901,-2',
  '"SHIN, SAI",,4902,7',
  'HARAJUKU,"two',
  'lines, ""quoted""",4903,0',
  'HARAJUKU,,4904,12',
].join('\n');
const wanted = [
  ['HARAJUKU', '4901'],
  ['渋谷店', '4901'],
  ['SHIN, SAI', '4902'],
  ['HARAJUKU', '4903'],
  ['HARAJUKU', '4904'],
  ['HARAJUKU', '4902'],
] as const;
const keys = wanted.map(([facility, idValue]) => resetRowKey(facility, idValue));

function levels(bytes: Buffer, chunk: number): (number | undefined)[] {
  const scan = new ResetRowScan(cells, keys);
  for (let from = 0; from < bytes.length; from += chunk) scan.read(bytes.subarray(from, from + chunk));
  return keys.map((key) => scan.found.get(key));
}

test.each(['\n', '\r\n'])('rows are found whatever the pieces of the file, with %j as line end', (end) => {
  const bytes = Buffer.from(`${text.replaceAll('\n', end)}${end}`);
  for (let chunk = 1; chunk <= bytes.length; chunk += 1) {
    expect(levels(bytes, chunk)).toEqual([5, -2, 7, 0, 12, undefined]);
  }
});

describe('the archived Reset CSV', () => {
  const columns = [
    'facilityId',
    'externalFacilityId',
    'idValue',
    { name: 'Qty', from: 'availableQty' },
  ] as const;
  const content = 'facilityId,externalFacilityId,idValue,Qty\nCAP_HARAJUKU,1,4901,5\nCAP_SHIBUYA,3,4902,0\n';
  const snapshot = {
    id: 7,
    resetName: 'reset_inventory_20261124_030000.csv',
    resetSha256: createHash('sha256').update(content).digest('hex'),
  };
  const rows = [
    { storeId: '1', productCode: '4901' },
    { storeId: '3', productCode: '4901' },
    { storeId: '3', productCode: '4902' },
    { storeId: '77', productCode: '4901' },
  ];

  async function source(kept: string | undefined) {
    const folders = dataFolders(await temporaryFolder());
    await mkdir(join(folders.archive, '2026-11-24'), { recursive: true });
    if (kept !== undefined) await writeFile(join(folders.archive, '2026-11-24', snapshot.resetName), kept);
    return archivedResetRows({ folders, stores: smallRetailer, columns: [...columns] });
  }
  const signal = new AbortController().signal;

  test('says what each row is set to, and which are not in it', async () => {
    const found = await (await source(content)).lookUp(snapshot, rows, signal);
    expect(found.map(({ level }) => level)).toEqual([5, null, 0, null]);
  });

  test('that is not what was delivered says nothing', async () => {
    const changed = await source(content.replace('4901', '4909'));
    await expect(changed.lookUp(snapshot, rows, signal)).rejects.toMatchObject({
      code: 'reset-file-unreadable',
    });
  });

  test('that is gone is missed', async () => {
    const gone = await source(undefined);
    await expect(gone.lookUp(snapshot, rows, signal)).rejects.toMatchObject({ code: 'reset-file-missing' });
  });
});
