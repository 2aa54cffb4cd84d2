import fc from 'fast-check';
import { expect, test } from 'vitest';
import { damage } from '../../src/csv/decode.ts';
import { FoundRows } from '../../src/csv/found-rows.ts';
import { type CsvRecord, RecordReader } from '../../src/csv/record-reader.ts';
import { RowFinder } from '../../src/csv/row-finder.ts';
import { encodeCp932 } from '../support/cp932.ts';

// What is read in advance is what is read: the same records on the same lines, wherever the file is cut, however few of
// its rows are told, and whatever the header's width makes of odd ones.

const fuzzSeconds = Number(process.env.FLAGSHIP_FUZZ_SECONDS ?? 0);
const runs =
  fuzzSeconds > 0
    ? { numRuns: 1e9, interruptAfterTimeLimit: fuzzSeconds * 1000, markInterruptAsFailure: false }
    : { numRuns: 3_000 };

const text = fc
  .array(
    fc.constantFrom(
      ...[
        '"',
        ',',
        '\n',
        '\r\n',
        '\r',
        'a',
        '帽',
        '表',
        ' ',
        '""',
        '","',
        'a,b\n',
        '"a","b"\r\n',
        '\n\n',
        '\uFFFD',
      ],
      `"a\nb",c\n`,
      `${'x'.repeat(70_000)}\n`,
    ),
    { maxLength: 60 },
  )
  .map((parts) => `商品名の見出し,b\n${parts.join('')}`);

const file = fc.record({
  text,
  encoding: fc.constantFrom('utf-8', 'utf-8 with a mark', 'cp932', 'broken'),
  cuts: fc.array(fc.nat(200), { maxLength: 6 }),
  width: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
  room: fc.constantFrom(0, 4, 11, 40, 4_000),
});

function bytesOf(content: string, encoding: string): Buffer {
  if (encoding === 'cp932') return encodeCp932(content.replaceAll('\uFFFD', '〓'));
  if (encoding === 'broken') return Buffer.from(content.replaceAll('\uFFFD', '\u00e9'), 'latin1');
  return Buffer.from(encoding === 'utf-8' ? content : `\uFEFF${content}`);
}

function pieces(bytes: Buffer, cuts: number[]): Buffer[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}

type Seen = CsvRecord & { isPlain: boolean; isDamageMissed: boolean };

function* taken(reader: RecordReader): Generator<Seen> {
  while (reader.next()) {
    const record = reader.record();
    if (!record) continue;
    const isDamaged = record.cells.some((cell) => cell.includes(damage));
    yield { ...record, isPlain: reader.cellCount > 0, isDamageMissed: isDamaged && reader.isSound };
  }
}

function readAtOnce(all: Buffer[], width: number | undefined): Seen[] {
  const reader = new RecordReader();
  reader.width = width;
  return [...all, Buffer.alloc(0)].flatMap((piece, index) => {
    reader.push(piece, index === all.length);
    return [...taken(reader)];
  });
}

function readInAdvance(all: Buffer[], width: number | undefined, room: number): Seen[] {
  const finder = new RowFinder('auto');
  const reader = new RecordReader();
  reader.width = width;
  return [...all, Buffer.alloc(0)].flatMap((piece, index) => {
    const block = finder.find(piece, index === all.length, new Int32Array(room));
    reader.add({ ...block, bytes: Buffer.from(block.bytes) });
    return [...taken(reader)];
  });
}

test('rows found in advance are the rows of the file', { timeout: 60_000 + fuzzSeconds * 1000 }, () => {
  fc.assert(
    fc.property(file, ({ text: content, encoding, cuts, width, room }) => {
      const all = pieces(bytesOf(content, encoding), cuts);
      const inAdvance = readInAdvance(all, width, room);
      expect(inAdvance).toEqual(readAtOnce(all, width));
      expect(inAdvance.filter(({ isDamageMissed }) => isDamageMissed)).toEqual([]);
    }),
    runs,
  );
});

test('a row that begins within another is passed over, and none of them outlives its block', () => {
  const found = new FoundRows();
  // Rows at 0, 10 and 20, of one cell, two, and none that is told of.
  found.take(Int32Array.of(0, 10, 1, 0, 9, 10, 20, 2, 10, 14, 15, 19, 20, 30, 0), 15);
  expect([found.at, found.head]).toEqual([0, 0]);
  found.seek(11);
  expect([found.at, found.head]).toEqual([20, 12]);
  found.seek(20);
  expect(found.at).toBe(20);
  found.seek(21);
  expect(found.at).toBeGreaterThan(1e9);
  found.take(Int32Array.of(5, 9, 1, 5, 8), 5);
  expect(found.at).toBe(5);
  found.forget();
  found.seek(0);
  expect(found.at).toBeGreaterThan(1e9);
});
