import { describe, expect, test } from 'vitest';
import { findColumn, findNamed, normalised, stemOf } from '../../src/csv/header.ts';

describe('headers', () => {
  test.each([
    ['  在庫数\t', '在庫数'],
    ['\uFEFF商品コード', '商品コード'],
    ['店舗ＩＤ', '店舗id'],
    ['ＪＡＮｺｰﾄﾞ', 'janコード'],
  ])('%j is compared as %s', (header, expected) => {
    expect(normalised(header)).toBe(expected);
  });

  test.each([
    ['取消区分 (0:通常、1：取消)', '取消区分'],
    ['取引区分 （1：通常、2：入金）', '取引区分'],
    ['在庫数【個】', '在庫数'],
    ['在庫数[個]', '在庫数'],
    ['在庫数：個', '在庫数'],
    ['在庫数　個', '在庫数'],
    ['在庫数{個}', '在庫数'],
    ['在庫数<個>', '在庫数'],
  ])('the legend of %s is left out', (header, stem) => {
    expect(stemOf(header)).toBe(stem);
  });

  test('a whole header goes before its stem, and that before a beginning', () => {
    expect(findColumn(['在庫数量', '在庫数(個)', '在庫数'], ['在庫数'])).toBe(2);
    expect(findColumn(['在庫数量', '在庫数(個)'], ['在庫数'])).toBe(1);
    expect(findColumn(['名', '在庫数量'], ['在庫数'])).toBe(1);
    expect(findNamed(['名', '在庫数量'], ['在庫数'])).toBeUndefined();
  });

  test('of several words the first that is there names the column', () => {
    expect(findColumn(['バーコード', 'JANコード'], ['商品コード', 'JANコード', 'バーコード'])).toBe(1);
  });

  test('of several columns of one name the first counts', () => {
    expect(findColumn(['a', '在庫数', '在庫数'], ['在庫数'])).toBe(1);
  });

  test.each(['在庫数金額', '在庫数評価', '在庫数日', '在庫数率', '在庫数円'])(
    '%s means something else',
    (header) => {
      expect(findColumn([header], ['在庫数'])).toBeUndefined();
    },
  );

  test('short words are no beginnings', () => {
    expect(findColumn(['在庫場所'], ['在庫'])).toBeUndefined();
  });

  test('a header that is nothing but a legend names nothing', () => {
    expect(findColumn(['(個)', ''], ['在庫数', ''])).toBeUndefined();
  });
});
