import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { convert } from '../../src/snapshot/convert.ts';
import { conversionOf, converted, textOf } from '../support/conversion.ts';
import { encodeCp932 } from '../support/cp932.ts';
import { store } from '../support/small-retailer.ts';

const header = '店舗ID,商品コード,商品名,在庫数';
const expected = 'facilityId,idValue,availableQty\nCAP_HARAJUKU,0012,12\nCAP_SHIBUYA,0012,-3\n';
const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');

describe('a file that is in order', () => {
  const text = `${header}\n1,0012,表地ソフト①Ⅰ髙㈱,12\n3,0012,"キャップ, 黒\n""L""",-3\n`;
  const quoted = `"店舗ID","商品コード","商品名","在庫数"\n"1","\t0012","表 ""x""","12"\n"3","\t0012","y","-3"\n`;
  test.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${text}`)],
    ['CP932', encodeCp932(text)],
    ['CRLF', encodeCp932(text.replaceAll('\n', '\r\n'))],
    ['CR', encodeCp932(text.replaceAll('\n', '\r'))],
    ['every cell quoted, a TAB before the code', encodeCp932(quoted)],
    ['no line end at the end', Buffer.from(text.trimEnd())],
    ['mixed line ends', Buffer.from(text.replace('\n', '\r\n').replace('12\n', '12\r'))],
    ['titles above the header', Buffer.from(`在庫一覧\n2026/11/24\n\n${text}`)],
    ['a row of totals', Buffer.from(`${text}合計,,,9\n`)],
  ])('becomes the same Reset CSV: %s', async (_quirk, content) => {
    const { report, reset, rejectedText } = await converted(content);
    expect(report).toMatchObject({
      outcome: 'converted',
      shape: 'long',
      written: 2,
      rejected: 0,
      negatives: 1,
    });
    expect(reset).toBe(expected);
    expect(rejectedText).toBeUndefined();
  });

  test('is reported with its sums', async () => {
    const content = encodeCp932(`${text}1,0013,x,5\n合計,,,14\n`);
    const { report, reset } = await converted(content);
    expect(report).toEqual({
      outcome: 'converted',
      shape: 'long',
      encoding: 'cp932',
      correction: false,
      inputBytes: content.length,
      inputSha256: sha256(content),
      contentSha256: sha256(content),
      resetBytes: Buffer.byteLength(reset ?? ''),
      resetSha256: sha256(reset ?? ''),
      rows: 4,
      written: 3,
      rejected: 0,
      rejectedByReason: {},
      totals: 1,
      negatives: 1,
      stores: [
        { storeId: '1', rows: 2, units: 17 },
        { storeId: '3', rows: 1, units: 0 },
      ],
    });
  });

  test('that is packed has the sum of the file and that of its content', async () => {
    const packed = gzipSync(text);
    const { report, reset } = await converted(packed, { name: 'zaiko.CSV.GZ' });
    expect(reset).toBe(expected);
    expect(report).toMatchObject({
      inputBytes: packed.length,
      inputSha256: sha256(packed),
      contentSha256: sha256(text),
    });
  });

  test('with negative stock may be written as zero; it is counted all the same', async () => {
    const { report, reset } = await converted(text, { inventory: { negative: 'zero' } });
    expect(reset).toContain('CAP_SHIBUYA,0012,0\n');
    expect(report).toMatchObject({ negatives: 1 });
  });

  test('has CRLF and a column for every wish, if configured', async () => {
    const columns = [
      { name: 'Facility, ID', from: 'externalFacilityId' },
      'idValue',
      'availableQty',
      'comments',
      'resetByAtp',
    ];
    const reset = { columns, lineEnd: 'crlf', comments: 'say "hi"', resetByAtp: false };
    const result = await converted(`${header}\n1,0012,x,12\n`, { reset });
    expect(result.reset).toBe(
      '"Facility, ID",idValue,availableQty,comments,resetByAtp\r\n1,0012,12,"say ""hi""",false\r\n',
    );
  });
});

describe('the other shapes', () => {
  test('a column per store is written product by product, stores in the order of the columns', async () => {
    const stores = [store('1', '原宿店'), store('3', '渋谷店'), store('90', '倉庫', 'warehouse')];
    const text = '商品コード,商品名,渋谷店在庫,原宿店在庫,倉庫在庫\nA,x,12,0,40\nB,y,,-1,\n合計,,12,-1,40\n';
    const { report, reset, rejected } = await converted(text, { stores });
    expect(reset?.split('\n').slice(1, -1)).toEqual(['CAP_渋谷店,A,12', 'CAP_原宿店,A,0', 'CAP_原宿店,B,-1']);
    expect(report).toMatchObject({ shape: 'wide', rows: 5, written: 3, rejected: 1, totals: 1 });
    expect(rejected?.[1]).toEqual(['2', 'warehouse', 'A', 'x', '', '', '40']);
  });

  test('a file of one store takes it from its name', async () => {
    const { report, reset } = await converted('商品コード,在庫数\nA,5\n', {
      name: 'zaiko_store30_20261124.csv',
    });
    expect(report).toMatchObject({ shape: 'one-store', stores: [{ storeId: '30', rows: 1, units: 5 }] });
    expect(reset).toContain('CAP_GOTEMBA,A,5\n');
  });

  test('a file of one store that is not in the map has every row rejected', async () => {
    const { report } = await converted('商品コード,在庫数\nA,5\nB,6\n', { name: 'zaiko_store99.csv' });
    expect(report).toMatchObject({ written: 0, rejectedByReason: { 'unknown-store': 2 } });
  });
});

describe('rejected rows', () => {
  const text = [
    header,
    '1,A,ok,1',
    '99,A,unknown,1',
    '90,A,warehouse,1',
    '1,,no code,1',
    '1,ＡＢ,full width,1',
    '1,B,"two\nlines",many',
    '1,A,same,1',
    '1,A,other,2',
    '1,C,short',
    '1,D,12" pipe,1',
    '3,A,=cmd(),-',
    '3,A,ok,2',
  ].join('\r\n');

  test('are kept with line, reason and original cells, and cost no other row', async () => {
    const { report, rejected, reset } = await converted(text);
    expect(rejected).toEqual([
      ['line', 'reason', '店舗ID', '商品コード', '商品名', '在庫数'],
      ['3', 'unknown-store', '99', 'A', 'unknown', '1'],
      ['4', 'warehouse', '90', 'A', 'warehouse', '1'],
      ['5', 'no-product-code', '1', '', 'no code', '1'],
      ['6', 'bad-product-code', '1', 'ＡＢ', 'full width', '1'],
      ['7', 'bad-quantity', '1', 'B', 'two\nlines', 'many'],
      ['9', 'duplicate', '1', 'A', 'same', '1'],
      ['10', 'duplicate', '1', 'A', 'other', '2'],
      ['11', 'column-count', '1', 'C', 'short'],
      ['12', 'bad-quote', '1', 'D', '12" pipe', '1'],
      ['13', 'bad-quantity', '3', 'A', "'=cmd()", "'-"],
    ]);
    expect(reset).toBe('facilityId,idValue,availableQty\nCAP_HARAJUKU,A,1\nCAP_SHIBUYA,A,2\n');
    expect(report).toMatchObject({
      rows: 12,
      written: 2,
      rejected: 10,
      rejectedByReason: { duplicate: 2, 'bad-quantity': 2, 'bad-quote': 1, 'column-count': 1 },
    });
  });

  test('are text that spreadsheets open as it is', async () => {
    const { rejectedText } = await converted(text);
    expect(rejectedText?.startsWith('\uFEFFline,reason,店舗ID')).toBe(true);
  });

  test('with damaged characters are told apart, in both encodings', async () => {
    const utf8 = Buffer.from(`${header}\n1,A,帽子帽子帽子,1\n1,B,帽子,2\n`);
    utf8[utf8.indexOf('帽')] = 0xff;
    const cp932 = encodeCp932(`${header}\n1,A,帽子,1\n1,B,帽子,2\n`);
    cp932[cp932.indexOf(encodeCp932('帽'))] = 0xff;
    for (const content of [utf8, cp932]) {
      const { report, reset } = await converted(content);
      expect(report).toMatchObject({ written: 1, rejectedByReason: { 'bad-encoding': 1 } });
      expect(reset).toContain('HARAJUKU,B,2');
    }
  });

  test('can be dropped again as they are: the same rows are rejected for the same reasons', async () => {
    const first = await converted(text);
    const again = await converted(first.rejectedText ?? '');
    const reasons = (rows: string[][] | undefined) => rows?.slice(1).map((row) => row[1]);
    // A duplicate and the row of a stray quote are whole rows once they stand alone and properly quoted.
    expect(reasons(again.rejected)).toEqual(
      reasons(first.rejected)?.filter(
        (reason, index, all) =>
          reason !== 'bad-quote' && (reason !== 'duplicate' || all.indexOf(reason) !== index),
      ),
    );
  });

  test('are taken once they are corrected', async () => {
    const first = await converted(`${header}\n1,A,ok,1\n99,\t0012,=x,5\n3,B,y,many\n`);
    const corrected = (first.rejectedText ?? '').replace(',99,', ',1,').replace('many', '7');
    const { report, reset, rejected } = await converted(corrected);
    expect(report).toMatchObject({ correction: true, written: 2, rejected: 0 });
    expect(reset).toBe('facilityId,idValue,availableQty\nCAP_HARAJUKU,0012,5\nCAP_SHIBUYA,B,7\n');
    expect(rejected).toBeUndefined();
  });
});

describe('a whole file is refused', () => {
  test.each([
    ['empty', ''],
    ['empty', '\n\r\n  \n'],
    ['empty', `${header}\n`],
    ['empty', `${header}\n合計,,,0\n`],
    ['no-header', '1,原宿店,4901,12\n2,渋谷店,4901,3\n'],
    ['no-header', `${'x,y\n'.repeat(10)}${header}\n1,A,x,1\n`],
    ['missing-column', '店舗ID,商品名,在庫数\n1,x,5\n'],
    ['missing-column', '商品コード,在庫数\nA,5\n'],
    ['missing-column', '店舗ID,商品コード,在庫金額\n1,A,5\n'],
    ['bad-encoding', Buffer.from(`\uFEFF${header}\n1,A,x,5\n`, 'utf16le')],
    ['bad-encoding', Buffer.from(`${header}\n1,A,\u0000,5\n`)],
    ['bad-encoding', Buffer.from([0x80, 0xff, 0xfe, 0x41, 0x0a, 0xff, 0xff, 0x0a])],
    ['bad-archive', Buffer.from('no archive'), 'zaiko.zip'],
    ['bad-archive', Buffer.from('no archive'), 'zaiko.csv.gz'],
    ['bad-archive', gzipSync(`${header}\n1,A,x,5\n`.repeat(20_000)).subarray(0, -30), 'zaiko.csv.gz'],
  ])('as %s (%#)', async (reason, content, name = 'zaiko_20261124_0300.csv') => {
    const { report, reset, rejectedText } = await converted(content, { name });
    expect(report).toEqual({
      outcome: 'refused',
      reason,
      message: expect.stringMatching(/^[A-Z].*\S$/s),
      inputBytes: Buffer.byteLength(content),
      inputSha256: sha256(content),
    });
    expect([reset, rejectedText]).toEqual([undefined, undefined]);
  });

  test('with what was found in it, cut short', async () => {
    const { report } = await converted(`店舗ID,商品名,在庫数,${'あ'.repeat(500)}\n1,x,5,\n`);
    const message = report.outcome === 'refused' ? report.message : '';
    expect(message).toContain('商品コード');
    expect(message).toContain('店舗ID, 商品名, 在庫数');
    expect(message.length).toBeLessThan(600);
  });
});

test('half-way is passed once, with a part of the output written', async () => {
  const rows = Array.from({ length: 20_000 }, (_, index) => `1,P${index},x,1`);
  const request = await conversionOf([header, ...rows].join('\n'));
  const passed: [string, number][] = [];
  const seen: Promise<unknown>[] = [];
  const reached = (point: string) => {
    seen.push(textOf(request.output).then((text) => passed.push([point, text?.length ?? 0])));
  };
  await convert(request, { reached });
  await Promise.all(seen);
  expect(passed).toHaveLength(1);
  expect(passed[0]?.[0]).toBe('converting');
  expect(passed[0]?.[1]).toBeGreaterThan(0);
});

test('progress is told in bytes and rows, and ends with all of them', async () => {
  const content = `${header}\n${Array.from({ length: 500_000 }, (_, index) => `1,P${index},x,1\n`).join('')}`;
  const progress: { bytesRead: number; bytesTotal: number; rows: number }[] = [];
  await convert(await conversionOf(content), { onProgress: (each) => progress.push(each) });
  expect(progress.length).toBeGreaterThan(1);
  expect(progress.at(-1)).toEqual({
    bytesRead: Buffer.byteLength(content),
    bytesTotal: Buffer.byteLength(content),
    rows: 500_000,
    written: 500_000,
    rejected: 0,
  });
});

test('an output that is the input is refused before anything is touched', async () => {
  const request = await conversionOf(`${header}\n1,A,x,5\n`);
  await expect(convert({ ...request, output: request.input })).rejects.toMatchObject({
    code: 'conversion-same-file',
  });
  expect(await textOf(request.input)).toContain('1,A,x,5');
});
