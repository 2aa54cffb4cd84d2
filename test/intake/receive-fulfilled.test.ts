import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { listPostings } from '../../src/ledger/posting-list.ts';
import { verifyLedger } from '../../src/ledger/verify.ts';
import { makeTill, movementsOf, type Till } from '../support/till.ts';

const header = 'Order Id,Product Id,Facility Id,Quantity';
const cap = '4550538264826';
const other = '4550236253399';

function feed(...rows: string[]): string {
  return `${[header, ...rows].join('\n')}\n`;
}

async function packingRoom(): Promise<Till> {
  return makeTill({}, 'fulfilled');
}

async function rejectedOf({ root }: Till): Promise<string[]> {
  const names = (await readdir(join(root, 'rejected'))).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(root, 'rejected', name), 'utf8')));
  return texts.join('').replaceAll('\uFEFF', '').trim().split('\r\n');
}

function outcomes({ ledger }: Till): string[] {
  return ledger.database
    .prepare(
      `SELECT outcome || coalesce(' ' || reason, '') || coalesce(': ' || message, '') FROM file ORDER BY id`,
    )
    .pluck()
    .all() as string[];
}

describe('a file of packed orders', () => {
  test('is one movement for each order, product and store, all for Smaregi and below zero', async () => {
    const room = await packingRoom();
    await room.drop('a.csv', feed(`90003910,${cap},3,1`, `90003910,${other},3,1`, `90003910,${cap},30,1`));
    expect(movementsOf(room.ledger)).toEqual([
      `90003910/3:${cap}/1 packed 3 ${cap} -1`,
      `90003910/3:${other}/1 packed 3 ${other} -1`,
      `90003910/30:${cap}/1 packed 30 ${cap} -1`,
    ]);
    const postings = listPostings(room.ledger.database, { transactionId: '90003910' }, 10);
    expect(postings.map(({ destination, state, need }) => [destination, state, need])).toEqual(
      postings.map(() => ['smaregi', 'due', 1]),
    );
    expect(room.told).toBe(1);
  });

  test('has identical rows for units of their own: they are summed, never dropped', async () => {
    const room = await packingRoom();
    const row = `90002368,${cap},3,1`;
    await room.drop('a.csv', feed(row, row, `90002368,${cap},3,2`));
    expect(movementsOf(room.ledger)).toEqual([`90002368/3:${cap}/1 packed 3 ${cap} -4`]);
  });

  test.each([
    ['as the samples have it', header],
    ['in capitals', 'ORDER ID,PRODUCT ID,FACILITY ID,QUANTITY'],
    ['in camel case', 'orderId,productId,facilityId,quantity'],
    ['in snake case', 'order_id,product_id,facility_id,quantity'],
    ['older', 'Order ID,Product ID,Facility ID,Quantity'],
    ['quoted, with a byte order mark and CRLF', '\uFEFF"Order Id","Product Id","Facility Id","Quantity"\r'],
  ])('may have its header %s', async (_how, spelling) => {
    const room = await packingRoom();
    await room.drop('a.csv', `${spelling}\n1,${cap},3,1`);
    expect(movementsOf(room.ledger)).toEqual([`1/3:${cap}/1 packed 3 ${cap} -1`]);
  });

  test('may have its columns in any order, and more of them', async () => {
    const room = await packingRoom();
    await room.drop('a.csv', `Quantity,Shipped By,Facility Id,Order Id,Product Id\n1,Yu,3,77,${cap}\n`);
    expect(movementsOf(room.ledger)).toEqual([`77/3:${cap}/1 packed 3 ${cap} -1`]);
  });

  test('without a row says that nothing was packed', async () => {
    const room = await packingRoom();
    await room.drop('a.csv', feed());
    expect(outcomes(room)).toEqual(['accepted: 0 rows, 0 movements for 0 units, 0 known before, 0 rejected']);
  });

  test.each([
    ['empty', ''],
    ['no-header', `1,${cap},3,1\n`],
    ['missing-column', `Order Id,Product Id,Quantity\n1,${cap},1\n`],
  ])('is refused where it cannot be read: %s', async (reason, content) => {
    const room = await packingRoom();
    await room.drop('a.csv', content);
    expect(outcomes(room)[0]).toMatch(new RegExp(`^refused ${reason}: `));
    expect(movementsOf(room.ledger)).toEqual([]);
  });

  test('keeps what it cannot take, row by row, with line and reason', async () => {
    const room = await packingRoom();
    await room.drop(
      'a.csv',
      feed(
        `1,${cap},3,1`,
        `2,${cap},90,1`,
        `3,${cap},CAP_SHIBUYA,1`,
        `4,,3,1`,
        `5,帽子,3,1`,
        `6,${cap},3,one`,
        `,${cap},3,1`,
        `8,${cap},3`,
        `9,${cap},3,"1`,
      ),
    );
    expect(await rejectedOf(room)).toEqual([
      `line,reason,${header}`,
      `3,warehouse,2,${cap},90,1`,
      `4,unknown-facility,3,${cap},CAP_SHIBUYA,1`,
      '5,no-product-code,4,,3,1',
      '6,bad-product-code,5,帽子,3,1',
      `7,bad-quantity,6,${cap},3,one`,
      `8,no-order-id,,${cap},3,1`,
      `9,column-count,8,${cap},3`,
      `10,bad-quote,9,${cap},3,"""1"`,
    ]);
    expect(movementsOf(room.ledger)).toHaveLength(1);
  });

  test('of rejected rows may be corrected and dropped again', async () => {
    const room = await packingRoom();
    await room.drop('a.csv', feed(`1,${cap},3,1`, `2,${cap},4,1`));
    await room.drop(
      'a.csv.rejected.csv',
      `\uFEFFline,reason,${header}\r\n3,unknown-facility,2,${cap},3,1\r\n`,
    );
    expect(movementsOf(room.ledger)).toEqual([
      `1/3:${cap}/1 packed 3 ${cap} -1`,
      `2/3:${cap}/1 packed 3 ${cap} -1`,
    ]);
  });
});

describe('across files', () => {
  test('the same content under another name packs nothing twice', async () => {
    const room = await packingRoom();
    await room.drop('a.csv', feed(`1,${cap},3,1`));
    await room.drop('b.csv', feed(`1,${cap},3,1`));
    expect(movementsOf(room.ledger)).toHaveLength(1);
    expect(outcomes(room)[1]).toMatch(/^repeated: /);
  });

  test('what another file repeats among new orders adds nothing', async () => {
    const room = await packingRoom();
    await room.drop('a.csv', feed(`1,${cap},3,1`, `1,${cap},3,1`));
    await room.drop('b.csv', feed(`2,${cap},3,1`, `1,${cap},3,2`));
    expect(movementsOf(room.ledger)).toEqual([
      `1/3:${cap}/1 packed 3 ${cap} -2`,
      `2/3:${cap}/1 packed 3 ${cap} -1`,
    ]);
    expect(outcomes(room)[1]).toBe('accepted: 2 rows, 1 movements for 1 units, 1 known before, 0 rejected');
  });

  test('a higher total adds the difference', async () => {
    const room = await packingRoom();
    await room.drop('a.csv', feed(`1,${cap},3,1`));
    await room.drop('b.csv', feed(`1,${cap},3,3`));
    expect(movementsOf(room.ledger)).toEqual([
      `1/3:${cap}/1 packed 3 ${cap} -1`,
      `1/3:${cap}/2 packed 3 ${cap} -2`,
    ]);
  });

  test('an order packed in two stores, or in two files, is packed in both', async () => {
    const room = await packingRoom();
    await room.drop('a.csv', feed(`1,${cap},3,1`));
    await room.drop('b.csv', feed(`1,${cap},30,1`));
    await room.drop('c.csv', feed(`1,${other},3,1`));
    expect(movementsOf(room.ledger)).toHaveLength(3);
  });
});

describe('a packed order is final', () => {
  test.each(['-1', '0', '−2'])(
    'a quantity of %s is refused and kept; the other rows count',
    async (quantity) => {
      const room = await packingRoom();
      await room.drop('a.csv', feed(`1,${cap},3,2`, `1,${cap},3,${quantity}`));
      expect(movementsOf(room.ledger)).toEqual([`1/3:${cap}/1 packed 3 ${cap} -2`]);
      expect(await rejectedOf(room)).toContain(`3,packed-is-final,1,${cap},3,${quantity}`);
    },
  );

  test('a later file that lowers what was packed is refused, and no movement raises stock', async () => {
    const room = await packingRoom();
    await room.drop('a.csv', feed(`1,${cap},3,3`));
    await room.drop('b.csv', feed(`1,${cap},3,1`, `2,${cap},3,1`));
    expect(movementsOf(room.ledger)).toEqual([
      `1/3:${cap}/1 packed 3 ${cap} -3`,
      `2/3:${cap}/1 packed 3 ${cap} -1`,
    ]);
    expect(await rejectedOf(room)).toEqual([`line,reason,${header}`, `2,packed-is-final,1,${cap},3,1`]);
  });
});

test('an order name with a slash is one order, and the ledger stays consistent', async () => {
  const room = await packingRoom();
  await room.drop('a.csv', feed(`JP/1,${cap},3,1`, `JP%2F1,${cap},3,1`));
  await room.drop('b.csv', feed(`JP/1,${cap},3,2`));
  expect(movementsOf(room.ledger).map((text) => text.split(' ')[0])).toEqual([
    `JP%2F1/3:${cap}/1`,
    `JP%252F1/3:${cap}/1`,
    `JP%2F1/3:${cap}/2`,
  ]);
  const differences: unknown[] = [];
  verifyLedger(room.ledger.database, room.ledger.postings, (difference) => differences.push(difference));
  expect(differences).toEqual([]);
});

test('an end between the record and the archive packs nothing twice', async () => {
  const room = await packingRoom();
  const end = room.drop('a.csv', feed(`1,${cap},3,1`, `1,${cap},3,-1`), {
    reached(point) {
      if (point === 'recorded') throw new Error('the power went');
    },
  });
  await expect(end).rejects.toThrow('the power went');
  await room.takeLeft();
  expect(movementsOf(room.ledger)).toHaveLength(1);
  expect(await rejectedOf(room)).toEqual([`line,reason,${header}`, `3,packed-is-final,1,${cap},3,-1`]);
  expect(await readdir(room.work)).toEqual([]);
});
