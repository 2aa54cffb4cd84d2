import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CsvRecord, RecordReader } from '../../src/csv/record-reader.ts';
import { encodeCp932 } from '../support/cp932.ts';

// Cells as shops write them: commas and quotes, or several lines, but not lines that are rows of their own, nor
// cells that begin or end like the end of a cell.
const word = fc.string({
  unit: fc.constantFrom('a', 'B', '帽', '表', 'ソ', '①', ' ', '"', ',', '\t'),
  maxLength: 6,
});
const lines = fc.string({ unit: fc.constantFrom('a', '帽', '"', ' ', '\n', '\r\n'), maxLength: 6 });
const cell = fc
  .oneof({ weight: 4, arbitrary: word }, { weight: 1, arbitrary: lines })
  .filter((text) => !/^[,\r\n]|[,\r\n]$/.test(text));
const lineEnd = fc.constantFrom('\n', '\r\n', '\r');

/** How each cell is written: some are quoted without need. */
function written(text: string, quoted: boolean): string {
  return quoted || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function read(pieces: Iterable<Buffer>, width: number): CsvRecord[] {
  const reader = new RecordReader();
  reader.width = width;
  const records: CsvRecord[] = [];
  for (const piece of pieces) records.push(...reader.read(piece));
  records.push(...reader.read(Buffer.alloc(0), true));
  return records;
}

function* cut(bytes: Buffer, pieceBytes: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

test('any table comes back as it was, however it is quoted, ended, encoded and cut', () => {
  const table = fc.integer({ min: 2, max: 5 }).chain((width) =>
    fc.record({
      width: fc.constant(width),
      rows: fc.array(
        fc.array(fc.tuple(cell, fc.boolean(), lineEnd), { minLength: width, maxLength: width }),
        {
          minLength: 1,
          maxLength: 12,
        },
      ),
      pieceBytes: fc.integer({ min: 1, max: 40 }),
      encoding: fc.constantFrom('utf-8', 'utf-8 with a mark', 'cp932'),
    }),
  );
  fc.assert(
    fc.property(table, ({ width, rows, pieceBytes, encoding }) => {
      // A first line that no other encoding fits; and no row is empty.
      const cells = rows.map((row, index) =>
        row.map(([text], column) => (column === 0 ? `${index}${text}` : text)),
      );
      const body = cells.map((row, index) => {
        const texts = row.map((text, column) => written(text, rows[index]?.[column]?.[1] ?? false));
        return texts.join(',') + (rows[index]?.[0]?.[2] ?? '\n');
      });
      const title = Array.from({ length: width }, () => '商品名の見出し').join(',');
      const text = `${title}\n${body.join('')}`;
      const bytes =
        encoding === 'cp932' ? encodeCp932(text) : Buffer.from(encoding === 'utf-8' ? text : `\uFEFF${text}`);
      const records = read(cut(bytes, pieceBytes), width);
      expect(records.slice(1).map((record) => record.cells)).toEqual(cells);
      expect(records.some((record) => record.fault)).toBe(false);
    }),
    { numRuns: 1_000 },
  );
});

describe('one stray quote anywhere', () => {
  const file = fc.record({
    names: fc.array(cell, { minLength: 3, maxLength: 30 }),
    quoting: fc.infiniteStream(fc.boolean()),
    style: fc.constantFrom('all', 'needed', 'some'),
    place: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  });

  test('costs its own row at most, and gives no product a quantity that is not its own', () => {
    fc.assert(
      fc.property(file, ({ names, quoting, style, place }) => {
        const rows = names.map((name, index) => ['1', `P${index}`, name, String(1_000 + index)]);
        const texts = rows.map((row) =>
          row
            .map((each) =>
              written(each, style === 'all' || (style === 'some' && (quoting.next().value ?? false))),
            )
            .join(','),
        );
        const hit = Math.floor(place * texts.length);
        const text = texts[hit] ?? '';
        const at = Math.floor((place * texts.length - hit) * (text.length + 1));
        texts[hit] = `${text.slice(0, at)}"${text.slice(at)}`;
        const records = read([Buffer.from(`${texts.join('\n')}\n`)], 4);

        const sound = records.filter((record) => !record.fault && record.cells.length === 4);
        const others = rows.filter((_, index) => index !== hit);
        const kept = sound.filter(({ cells }) => cells[1] !== `P${hit}`).map((record) => record.cells);
        expect(kept).toEqual(others);
        const own = sound.find(({ cells }) => cells[1] === `P${hit}`);
        if (own) expect(own.cells[3]).toBe(String(1_000 + hit));
      }),
      { numRuns: 3_000 },
    );
  });
});
