import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfiguration } from '../../src/config/configuration.ts';
import { loadStores } from '../../src/config/store-map.ts';
import { longInventory, oneStoreInventory, wideInventory } from './sample-inventory.ts';
import { sampleFiles } from './sample-retailer.ts';
import { sampleSales } from './sample-sales.ts';
import { sampleProducts, sampleStock } from './sample-stock.ts';
import { sampleStores } from './sample-stores.ts';

const folder = join(import.meta.dirname, '../../data/sample');
const cp932 = (bytes: Uint8Array) => new TextDecoder('shift_jis').decode(bytes);

describe('the sample retailer', () => {
  test('is committed exactly as it is made', () => {
    const made = sampleFiles();
    const committed = readdirSync(folder).filter((name) => /^[^.].*\.(csv|json)$/.test(name));
    expect(committed.sort()).toEqual([...made.keys()].sort());
    for (const [name, bytes] of made) {
      expect(readFileSync(join(folder, name)).equals(bytes), name).toBe(true);
    }
  });

  test('is less than a megabyte', () => {
    const bytes = [...sampleFiles().values()].reduce((sum, { length }) => sum + length, 0);
    expect(bytes).toBeLessThan(1_000_000);
  });

  test('has a configuration and a store map that load', () => {
    const configuration = loadConfiguration(join(folder, 'flagship.json'), {});
    expect(loadStores(configuration.stores)).toEqual(sampleStores);
  });

  test('has eight stores, an outlet, a warehouse and 300 products with codes of their own', () => {
    const kinds = sampleStores.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'store')).toHaveLength(8);
    expect(kinds.slice(8)).toEqual(['outlet', 'warehouse']);
    expect(new Set(sampleProducts.map(({ code }) => code)).size).toBe(300);
    expect(sampleProducts.every(({ code }) => /^[\x20-\x7e]{1,20}$/.test(code))).toBe(true);
  });

  test('keeps the rows it must lose under one percent', () => {
    for (const { rejected, accepted } of [longInventory(), wideInventory(), oneStoreInventory()]) {
      const { warehouse = 0, ...others } = rejected;
      const lost = Object.values(others).reduce((sum, count) => sum + count, 0);
      expect(lost / (accepted + warehouse + lost)).toBeLessThan(0.01);
    }
  });

  test('shows every oddity of the back office once at least', () => {
    const text = cp932(longInventory().bytes);
    for (const oddity of [
      '①',
      'Ⅰ',
      '髙',
      '㈱',
      '表',
      'ソ',
      '能',
      '""復刻""',
      '\n裏起毛',
      '"\t00123',
      '"合計"',
    ]) {
      expect(text, oddity).toContain(oddity);
    }
    expect(text).toMatch(/"\d,\d{3}"/);
    expect(text).toMatch(/"[０-９]+"/);
    expect(text).toMatch(/"-\d"/);
    const oneStore = cp932(oneStoreInventory().bytes);
    expect(oneStore).toMatch(/[^\r]\n/);
    expect(oneStore).toMatch(/\r\n/);
    expect(oneStore).toMatch(/\r[^\n]/);
    expect(wideInventory().bytes.subarray(0, 3).toString('hex')).toBe('efbbbf');
  });

  test('sells only what it stocks, after the snapshot', () => {
    for (const { bytes, net } of sampleSales) {
      expect(cp932(bytes)).toContain('2026/11/24 1');
      for (const { storeId, code } of net) expect(sampleStock.get(storeId)?.has(code), code).toBe(true);
    }
  });
});
