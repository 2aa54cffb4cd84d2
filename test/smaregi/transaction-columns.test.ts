import { expect, test } from 'vitest';
import { transactionLayoutOf } from '../../src/smaregi/transaction-columns.ts';

function columnsOf(header: string[]) {
  const found = transactionLayoutOf(header);
  if (!('layout' in found)) throw new Error(found.missing.join());
  return found.layout.columns;
}

test('legends in the header cell change nothing, in any mixture of widths', () => {
  const columns = columnsOf([
    '取引ID',
    '取引区分 （1：通常、2：入金、4:：預かり金）',
    '取消区分 (0:通常、1：取消)',
    '打消区分(0：通常、1：打消元レコード、2：打消レコード)',
    '打消取引ＩＤ',
    '店舗ID',
    '取引明細ID',
    '取引明細区分 （1：通常、2：返品、3：部門売り）',
    '商品コード',
    '数量',
  ]);
  expect(columns).toMatchObject({
    transactionId: 0,
    headDivision: 1,
    cancelDivision: 2,
    disposeDivision: 3,
    reverses: 4,
    storeId: 5,
    lineId: 6,
    lineDivision: 7,
    productCode: 8,
    quantity: 9,
  });
});

test('columns whose names only resemble are not taken for others', () => {
  const columns = columnsOf([
    '返品数量合計',
    '数量合計',
    '端末取引ID',
    '端末取引日時',
    '取引日時',
    '数量',
    '取引明細ID',
    '取引ID',
    '商品コード',
    '店舗コード',
  ]);
  expect(columns).toEqual({
    quantity: 5,
    transactionId: 7,
    lineId: 6,
    productCode: 8,
    storeCode: 9,
    receivedAt: 4,
    soldAt: 3,
  });
});

test('the names of the Platform API are known', () => {
  const columns = columnsOf([
    '\uFEFFtransactionHeadId',
    'transactionDateTime',
    'transactionHeadDivision',
    'storeId',
    'terminalTranDateTime',
    'updDateTime',
    'transactionDetailId',
    'transactionDetailDivision',
    'productCode',
    'quantity',
    'productDivision',
  ]);
  expect(columns).toMatchObject({ transactionId: 0, updatedAt: 5, lineId: 6, quantity: 9 });
  expect(columns.cancelDivision).toBeUndefined();
});

test('what a header lacks is named', () => {
  expect(transactionLayoutOf(['取引ID', '取引日時', '商品コード'])).toEqual({
    named: 3,
    missing: [
      'transactionDetailId or 取引明細ID',
      'quantity or 数量',
      'storeId or 店舗ID or storeCode or 店舗コード',
    ],
  });
});

test('a file of corrected rows has two columns more in front', () => {
  const found = transactionLayoutOf([
    '\uFEFFline',
    'reason',
    '取引ID',
    '取引明細ID',
    '店舗ID',
    '商品コード',
    '数量',
    '',
  ]);
  expect(found).toMatchObject({ layout: { correction: true, columns: { transactionId: 0, quantity: 4 } } });
  expect('layout' in found && found.layout.header).toHaveLength(5);
});
