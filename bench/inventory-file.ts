import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Store } from '../src/config/store-map.ts';
import { encodeCp932 } from '../test/support/cp932.ts';

const names = [
  'キャップ 黒',
  'ニット帽 表地ソフト',
  'バケットハット①',
  '髙級革ベルト',
  'Ｔシャツ Ⅱ',
  'ソックス 3足',
];

/** One row in so many is of a store that is not in the map, and one is the row before it again. */
const unknownEvery = 5_000;
const repeatEvery = 1_000;

export interface InventoryShape {
  /** Rows of stock, shared out among the stores. */
  rows: number;
  stores: number;
  encoding: 'cp932' | 'utf-8';
  quoted: boolean;
  /** A column per store instead of a row per store and product. */
  wide?: boolean;
  /** No product comes twice. */
  distinct?: boolean;
}

/** `count` stores, numbered from 1. */
export function benchStores(count: number): Store[] {
  return Array.from({ length: count }, (_, index) => ({
    storeId: String(index + 1),
    storeCode: `S${index + 1}`,
    name: `店舗${index + 1}`,
    facilityId: `SHOP_${index + 1}`,
    externalFacilityId: String(index + 1),
    locationSeqId: 'TLTLTLLL01',
    kind: 'store',
    online: true,
  }));
}

/** Writes a back-office inventory file as Smaregi does: CRLF, a TAB before the code, all cells quoted or none. */
export async function writeInventoryFile(path: string, shape: InventoryShape): Promise<void> {
  const mark = shape.quoted ? '"' : '';
  const line = (cells: (string | number)[]) => `${mark}${cells.join(`${mark},${mark}`)}${mark}\r\n`;
  // Bytes in a string of one character each: fast to join, written as latin1.
  const bytes = (text: string) =>
    (shape.encoding === 'cp932' ? encodeCp932(text) : Buffer.from(text)).toString('latin1');
  const file = createWriteStream(path, { encoding: 'latin1' });
  let block = '';
  for (const cells of shape.wide ? wideRows(shape, bytes) : longRows(shape, bytes)) {
    block += line(cells);
    if (block.length < 1 << 18) continue;
    if (!file.write(block)) await once(file, 'drain');
    block = '';
  }
  file.end(block);
  await once(file, 'finish');
}

function* longRows(
  { rows, stores, distinct = false }: InventoryShape,
  bytes: (text: string) => string,
): Generator<(string | number)[]> {
  yield ['店舗ID', '店舗名', '商品ID', '商品コード', '商品名', 'カラー', 'サイズ', '原価', '在庫数'].map(
    bytes,
  );
  const products = Math.ceil(rows / stores);
  const texts = names.map(bytes);
  const shop = bytes('店');
  for (let row = 0; row < rows; row += 1) {
    const store = Math.floor(row / products) + 1;
    const again = row % repeatEvery === repeatEvery - 1 ? row - 1 : row;
    const number = distinct ? again : again % products;
    yield [
      row % unknownEvery === 7 ? 'X9' : store,
      `${shop}${store}`,
      number,
      `\t${code(number)}`,
      texts[number % texts.length] ?? '',
      'BLACK',
      'M',
      '1200',
      (number * 7) % 40,
    ];
  }
}

function* wideRows(
  { rows, stores }: InventoryShape,
  bytes: (text: string) => string,
): Generator<(string | number)[]> {
  const columns = benchStores(stores).map(({ name }) => bytes(`${name}在庫`));
  yield [bytes('商品コード'), bytes('商品名'), ...columns];
  const texts = names.map(bytes);
  for (let number = 0; number < rows / stores; number += 1) {
    const quantities = columns.map((_, index) =>
      (number + index) % 9 === 0 ? '' : (number * 7 + index) % 40,
    );
    yield [`\t${code(number)}`, texts[number % texts.length] ?? '', ...quantities];
  }
}

function code(number: number): string {
  return `49${String(number).padStart(11, '0')}`;
}
