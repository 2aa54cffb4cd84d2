import type { Store } from '../../src/config/store-map.ts';
import { encodeCp932 } from './cp932.ts';
import { type Cells, plainLine, quotedLine, thousands } from './csv-lines.ts';
import { type SampleProduct, type Stock, sampleProducts, sampleStock } from './sample-stock.ts';
import { sampleStores } from './sample-stores.ts';

export interface SampleInventory {
  name: string;
  bytes: Buffer;
  /** Rows that must be rejected, by reason. */
  rejected: Readonly<Record<string, number>>;
  /** Rows that must reach the OMS. */
  accepted: number;
}

/** Stands for a byte that no encoding knows. */
const damage = '\uFFFD';

const stocked = (storeId: string) => sampleStock.get(storeId) ?? new Map<string, number>();
const retail = sampleStores.filter(({ kind }) => kind !== 'warehouse');
const warehouseRows = stocked('90').size;
const retailRows = retail.reduce((sum, { storeId }) => sum + stocked(storeId).size, 0);

/** One row per store and product: CP932, everything in quotes, CRLF, codes behind a TAB, and one of every bad row. */
export function longInventory(): SampleInventory {
  const lines = [
    ['店舗ID', '店舗名', '商品ID', '商品コード', '商品名', 'カラー', 'サイズ', '原価', '在庫数（現在）'],
    ...longRows(sampleStores, sampleProducts, sampleStock),
  ].map(quotedLine);
  // In the middle, so that a reader that loses its way there loses the rest with it.
  const middle = Math.floor(lines.length / 2);
  lines.splice(middle, 0, ...badLines(), ...repeatedLines(lines));
  const total = [...sampleStock.values()].flatMap((held) => [...held.values()]).reduce((a, b) => a + b, 0);
  lines.push(quotedLine(['合計', '', '', '', '', '', '', '', thousands(total)]));
  return {
    name: 'zaiko_20261124_0300.csv',
    bytes: cp932(lines.map((line) => `${line}\r\n`).join('')),
    rejected: {
      warehouse: warehouseRows,
      'unknown-store': 2,
      'no-product-code': 1,
      'bad-product-code': 2,
      'bad-quantity': 3,
      duplicate: 2,
      'column-count': 1,
      'bad-quote': 1,
      'bad-encoding': 1,
    },
    accepted: retailRows,
  };
}

/** One column per store: UTF-8 with a byte order mark, quotes where needed, LF; the same stock. */
export function wideInventory(): SampleInventory {
  const header = [
    '商品コード',
    '商品名',
    'カラー',
    'サイズ',
    ...sampleStores.map(wideColumn),
    '旧池袋店在庫',
    '合計在庫',
  ];
  const rows = sampleProducts.map((product, index) => {
    const cells = sampleStores.map(({ storeId }) => stocked(storeId).get(product.code) ?? '');
    const { code, name, color, size } = product;
    return [code, name, color, size, ...cells, index < 2 ? 1 : '', sumOf(cells)];
  });
  const sums = sampleStores.map(({ storeId }) => sumOf([...stocked(storeId).values()]));
  const total = ['合計', '', '', '', ...sums.map(thousands), '', thousands(sumOf(sums))];
  return {
    name: 'zaiko_wide_20261124_0310.csv',
    bytes: Buffer.from(`\uFEFF${[header, ...rows, total].map((row) => `${plainLine(row)}\n`).join('')}`),
    rejected: { warehouse: warehouseRows, 'unknown-store': 2 },
    accepted: retailRows,
  };
}

/** One store, named by the file: CP932, a title above the header, and every kind of line end. */
export function oneStoreInventory(): SampleInventory {
  const held = stocked('3');
  const rows = sampleProducts
    .filter(({ code }) => held.has(code))
    .map(({ productId, code, name, color, size, cost }, index) => {
      const quantity = thousands(held.get(code) ?? 0);
      const group = index % 3 === 0 ? `G${index}` : '';
      return [productId, 'キャップ', code, name, group, color, size, cost, quantity];
    });
  const header = [
    '商品ID',
    '部門名',
    '商品コード',
    '商品名',
    'グループコード',
    'カラー',
    'サイズ',
    '原価',
    '在庫数',
  ];
  const lines = [['在庫一覧'], ['出力日時', '2026/11/24 03:20'], header, ...rows].map(plainLine);
  const ends = ['\n', '\n', '\r\n', '\n', '\r'];
  return {
    name: 'zaiko_store3_20261124_0320.csv',
    bytes: cp932(lines.map((line, index) => `${line}${ends[index % ends.length]}`).join('')),
    rejected: {},
    accepted: held.size,
  };
}

/** Rows of the long form, store by store; also for files far larger than the sample. */
export function* longRows(
  stores: readonly Store[],
  products: readonly SampleProduct[],
  stock: Stock,
): Generator<Cells> {
  for (const { storeId, name } of stores) {
    const held = stock.get(storeId);
    for (const [index, product] of products.entries()) {
      const quantity = held?.get(product.code);
      if (quantity === undefined) continue;
      const { productId, code, color, size, cost } = product;
      const shown = index === 10 ? fullWidth(quantity) : thousands(quantity);
      yield [storeId, name, productId, `\t${code}`, product.name, color, size, cost, shown];
    }
  }
}

/** One line for every reason to reject a row, but repeats; products that the retailer does not have. */
function badLines(): string[] {
  const faults: Record<number, string>[] = [
    { 0: '99', 1: '旧池袋店' },
    { 0: '98', 1: '移転前店舗' },
    { 3: '' },
    { 3: '\tＣＡＰ０００１' },
    { 3: '\t490000000000149000000' },
    { 8: '12.5' },
    { 8: '未定' },
    { 8: '' },
    { 4: strayQuote },
    { 4: `キャップ${damage}` },
  ];
  const lines = faults.map((fault, index) => {
    const code = `\t49000000000${index + 10}`;
    const cells = goodCells.map((cell, column) => fault[column] ?? (column === 3 ? code : cell));
    return quotedLine(cells).replace(strayQuote, 'キャップ" 黒');
  });
  return [...lines, quotedLine(goodCells.slice(0, 7))];
}

const strayQuote = '@@';

const goodCells = ['1', '原宿本店', '9001', '\t4900000000000', '試供品', '', '', '0', '5'];

/** The first row once more as it is, and the second with another quantity. */
function repeatedLines(lines: readonly string[]): string[] {
  const [, first = '', second = ''] = lines;
  return [first, second.replace(/"[^"]*"$/, '"77"')];
}

function wideColumn({ storeId, name, kind }: Store): string {
  if (storeId === '1') return `${name}店舗在庫`;
  if (storeId === '2') return name;
  return kind === 'outlet' ? '御殿場ｱｳﾄﾚｯﾄ店在庫' : `${name}在庫`;
}

function sumOf(cells: readonly (number | string)[]): number {
  return cells.reduce<number>((sum, cell) => sum + Number(cell), 0);
}

function fullWidth(quantity: number): string {
  return String(quantity).replace(/[-\d]/g, (character) =>
    character === '-' ? '－' : String.fromCodePoint((character.codePointAt(0) ?? 0) + 0xfee0),
  );
}

function cp932(text: string): Buffer {
  const [before = '', ...rest] = text.split(damage).map(encodeCp932);
  return Buffer.concat([before, ...rest.flatMap((part) => [Buffer.of(0xff), part])] as Buffer[]);
}
