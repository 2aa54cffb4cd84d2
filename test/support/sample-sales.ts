import { encodeCp932 } from './cp932.ts';
import { type Cells, quotedLine } from './csv-lines.ts';
import { sampleProducts } from './sample-stock.ts';

export interface SampleSales {
  name: string;
  bytes: Buffer;
  /** By how much this file changes the stock that was known before it. */
  net: readonly { storeId: string; code: string; quantity: number }[];
}

interface Line {
  code: string;
  quantity: number;
  /** 1 sold, 2 returned, 3 sold by department, without a product. */
  division?: 1 | 2 | 3;
  /** 0 goods, 4 bundle parent, 7 bundle child, 8 bundle discount. */
  product?: 0 | 4 | 7 | 8;
}

interface Transaction {
  id: number;
  time: string;
  storeId: string;
  lines: readonly Line[];
  head?: 1 | 2;
  cancelled?: boolean;
  /** 1 was reversed, 2 reverses `reverses`. */
  dispose?: 0 | 1 | 2;
  reverses?: number;
  updated?: string;
}

/** The columns of the back office, legends in the header as it writes them, full width and half width mixed. */
const columns: readonly (readonly [
  string,
  (transaction: Transaction, line: Line, number: number) => string | number,
])[] = [
  ['取引ID', ({ id }) => id],
  ['取引日時', ({ time }) => `2026/11/24 ${time}`],
  [
    '取引区分 （1：通常、2：入金、3：出金、4:：預かり金、 5：預かり金返金、6：ポイント加算、7：ポイント減算、8：ポイント失効、11：チップ、13：マイル加算、14：マイル減算、 16：領収証発行）',
    ({ head }) => head ?? 1,
  ],
  ['取消区分 (0:通常、1：取消)', ({ cancelled }) => (cancelled ? 1 : 0)],
  ['打消区分(0：通常、1：打消元レコード、2：打消レコード)', ({ dispose }) => dispose ?? 0],
  ['打消取引ID', ({ reverses }) => reverses ?? ''],
  ['合計', ({ lines }) => lines.reduce((sum, { quantity }) => sum + quantity * 3900, 0)],
  ['店舗ID', ({ storeId }) => storeId],
  ['取引明細ID', (_transaction, _line, number) => number],
  ['取引明細区分 （1：通常、2：返品、3：部門売り）', (_transaction, { division }) => division ?? 1],
  ['商品ID', (_transaction, { code }) => productOf(code)?.productId ?? ''],
  ['商品コード', (_transaction, { code }) => code],
  ['商品名', (_transaction, { code, product }) => productOf(code)?.name ?? (product === 8 ? 'まとめ割' : '')],
  ['商品区分', (_transaction, { product }) => product ?? 0],
  ['数量', (_transaction, { quantity }) => quantity],
  ['値引き後計', (_transaction, { quantity }) => quantity * 3900],
  ['更新日時', ({ time, updated }) => `2026/11/24 ${updated ?? time}`],
];

const sold = (index: number, quantity = 1): Line => ({ code: codeAt(index), quantity });
const returned = (index: number, quantity = 1): Line => ({ ...sold(index, quantity), division: 2 });

/** The till's work until eleven: sales, a return, a bundle, and what has nothing to do with stock. */
const morning: Transaction[] = [
  { id: 880001, time: '10:02:11', storeId: '1', lines: [sold(10, 2)] },
  { id: 880002, time: '10:05:40', storeId: '1', lines: [sold(11), returned(12)] },
  {
    id: 880003,
    time: '10:11:03',
    storeId: '3',
    lines: [
      { ...sold(22), product: 4 },
      { ...sold(13), product: 7 },
      { ...sold(14), product: 7 },
      { code: '', quantity: 1, product: 8 },
    ],
  },
  { id: 880004, time: '10:20:00', storeId: '5', lines: [sold(15, 3)] },
  { id: 880005, time: '10:25:19', storeId: '8', lines: [sold(16)] },
  { id: 880006, time: '10:31:48', storeId: '12', lines: [sold(17, 2)] },
  { id: 880007, time: '10:40:00', storeId: '2', head: 2, lines: [{ code: '', quantity: 0 }] },
  { id: 880008, time: '10:45:30', storeId: '20', lines: [{ code: '', quantity: 1, division: 3 }] },
  { id: 880009, time: '10:50:07', storeId: '30', lines: [sold(18)] },
  { id: 880010, time: '10:58:59', storeId: '21', lines: [sold(19, 12)] },
];

/** 880004 was two caps, not three. */
const edited: Transaction = {
  id: 880004,
  time: '10:20:00',
  updated: '11:20:45',
  storeId: '5',
  lines: [sold(15, 2)],
};

const late: Transaction[] = [
  { id: 880011, time: '11:10:22', storeId: '1', lines: [sold(10)] },
  { id: 880012, time: '11:15:36', storeId: '3', lines: [sold(20), sold(20)] },
  // Cancelled before anybody heard of it.
  { id: 880013, time: '11:18:01', updated: '11:28:10', storeId: '5', cancelled: true, lines: [sold(21, 4)] },
];

const noon: Transaction[] = [
  { id: 880005, time: '10:25:19', updated: '11:50:02', storeId: '8', cancelled: true, lines: [sold(16)] },
  { id: 880006, time: '10:31:48', updated: '11:55:40', storeId: '12', dispose: 1, lines: [sold(17, 2)] },
  { id: 880014, time: '11:45:12', storeId: '1', lines: [returned(10)] },
  { id: 880015, time: '11:55:40', storeId: '12', dispose: 2, reverses: 880006, lines: [sold(17, -2)] },
];

/**
 * Three files of one morning, as three downloads with overlapping times: the second repeats the first, edits one
 * sale and has its columns in another order; the third repeats a part, cancels, reverses and takes back.
 */
export const sampleSales: readonly SampleSales[] = [
  {
    name: 'uriage_20261124_1105.csv',
    bytes: file(morning, columns),
    net: [
      change('1', 10, -2),
      change('1', 11, -1),
      change('1', 12, 1),
      change('3', 13, -1),
      change('3', 14, -1),
      change('5', 15, -3),
      change('8', 16, -1),
      change('12', 17, -2),
      change('30', 18, -1),
      change('21', 19, -12),
    ],
  },
  {
    name: 'uriage_20261124_1135.csv',
    bytes: file(
      [...morning.map((one) => (one.id === edited.id ? edited : one)), ...late],
      columns.toReversed(),
    ),
    net: [change('5', 15, 1), change('1', 10, -1), change('3', 20, -2)],
  },
  {
    name: 'uriage_20261124_1205.csv',
    bytes: file([...late, ...noon], columns),
    net: [change('8', 16, 1), change('12', 17, 2), change('1', 10, 1)],
  },
];

function file(transactions: readonly Transaction[], shown: typeof columns): Buffer {
  const rows: Cells[] = transactions.flatMap((transaction) =>
    transaction.lines.map((line, index) => shown.map(([, cell]) => cell(transaction, line, index + 1))),
  );
  const header: Cells = shown.map(([name]) => name);
  return encodeCp932([header, ...rows].map((row) => `${quotedLine(row)}\r\n`).join(''));
}

function change(storeId: string, index: number, quantity: number): SampleSales['net'][number] {
  return { storeId, code: codeAt(index), quantity };
}

function codeAt(index: number): string {
  const product = sampleProducts[index];
  if (!product) throw new Error(`the sample has no product ${index}`);
  return product.code;
}

function productOf(code: string) {
  return sampleProducts.find((product) => product.code === code);
}
