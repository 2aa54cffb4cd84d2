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

/**
 * Writes a back-office inventory file as Smaregi does (CP932, CRLF, TAB before the code), every cell quoted or none:
 * each of `products` codes in each of `stores` stores. With `distinct` no code comes twice.
 */
export async function writeInventoryFile(
  path: string,
  shape: { stores: number; products: number; distinct: boolean; quoted: boolean },
): Promise<void> {
  const mark = shape.quoted ? '"' : '';
  const between = `${mark},${mark}`;
  // Bytes of CP932 in a string of one character each: fast to join, written as latin1.
  const bytes = (text: string) => encodeCp932(text).toString('latin1');
  const titles = ['店舗ID', '店舗名', '商品ID', '商品コード', '商品名', 'カラー', 'サイズ', '原価', '在庫数'];
  const texts = names.map(bytes);
  const shop = bytes('店');
  const file = createWriteStream(path, { encoding: 'latin1' });
  let block = `${mark}${titles.map(bytes).join(between)}${mark}\r\n`;
  for (let store = 1; store <= shape.stores; store += 1) {
    for (let product = 1; product <= shape.products; product += 1) {
      const number = shape.distinct ? (store - 1) * shape.products + product : product;
      const cells = [
        store,
        `${shop}${store}`,
        number,
        `\t49${String(number).padStart(11, '0')}`,
        texts[number % texts.length],
        'BLACK',
        'M',
        '1200',
        String((number * 7) % 40),
      ];
      block += `${mark}${cells.join(between)}${mark}\r\n`;
      if (block.length < 1 << 18) continue;
      if (!file.write(block)) await once(file, 'drain');
      block = '';
    }
  }
  file.end(block);
  await once(file, 'finish');
}
