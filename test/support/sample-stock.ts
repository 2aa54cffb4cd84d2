import type { Store } from '../../src/config/store-map.ts';
import { sampleStores } from './sample-stores.ts';
import { integer, seededRandom } from './seeded-random.ts';

export interface SampleProduct {
  productId: string;
  code: string;
  name: string;
  color: string;
  size: string;
  cost: number;
}

/** storeId → product code → quantity; a product that a store never had has no entry there. */
export type Stock = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Names that a reader of CP932 and of CSV may stumble over. */
const awkwardNames = [
  'キャップ "復刻", 限定①',
  'ニット帽\n裏起毛',
  '髙級ウール Ⅰ型 ㈱別注',
  '表参道 ソフトメッシュ',
  '能登 予約品 十字刺繍 キャップ～黒－',
];

const series = ['ベースボールキャップ', 'メッシュキャップ', 'バケットハット', 'ニット帽', 'キャスケット'];
const themes = ['無地', '刺繍ロゴ', 'デニム', 'コーデュロイ', '迷彩', 'ボア', 'リフレクター'];
const colors = ['黒', '白', '紺', 'ベージュ', 'カーキ', 'グレー'];
const sizes = ['S', 'M', 'L', 'FREE', '7 1/4', '59.6cm'];

/** `count` products: most with a 13-digit JAN, some with leading zeros, some with a code of letters and digits. */
export function makeProducts(count: number): SampleProduct[] {
  return Array.from({ length: count }, (_, index) => ({
    productId: String(1001 + index),
    code: codeOf(index),
    name: awkwardNames[index] ?? `${pick(series, index)} ${pick(themes, Math.floor(index / 5))}`,
    color: pick(colors, Math.floor(index / 3)),
    size: pick(sizes, index),
    cost: 900 + (index % 40) * 50,
  }));
}

/** What every place holds. A few cells have no row, a few are below zero; only the warehouse counts in thousands. */
export function makeStock(stores: readonly Store[], products: readonly SampleProduct[], seed: number): Stock {
  const random = seededRandom(seed);
  return new Map(
    stores.map((store) => {
      const held = new Map<string, number>();
      for (const { code } of products) {
        const none = random() < 0.02;
        const quantity = integer(random, 0, store.kind === 'warehouse' ? 2400 : 30);
        const sold = random() < 0.003;
        if (!none) held.set(code, sold ? -integer(random, 1, 3) : quantity);
      }
      return [store.storeId, held];
    }),
  );
}

export const sampleProducts: readonly SampleProduct[] = makeProducts(300);

/** What Smaregi holds at 03:00 on 24 November 2026: what the OMS must hold after the morning reset. */
export const sampleStock: Stock = makeStock(sampleStores, sampleProducts, 20_261_124);

function codeOf(index: number): string {
  if (index % 50 === 49) return `CAP-${String(index).padStart(4, '0')}`;
  const digits =
    index % 40 === 7 ? `00123456${String(index).padStart(4, '0')}` : `49012345${String(1000 + index)}`;
  return withCheckDigit(digits);
}

/** The thirteenth digit of a JAN. */
function withCheckDigit(digits: string): string {
  const sum = [...digits].reduce(
    (total, digit, place) => total + Number(digit) * (place % 2 === 0 ? 1 : 3),
    0,
  );
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

function pick(values: readonly string[], index: number): string {
  return values[index % values.length] ?? '';
}
