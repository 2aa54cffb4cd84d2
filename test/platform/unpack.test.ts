import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ZipFile } from 'yazl';
import { BadArchive } from '../../src/platform/bad-archive.ts';
import { unpack } from '../../src/platform/unpack.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const text = 'code,qty\n4901,5\n';
const large = text.repeat(100_000);

async function zipOf(entries: Record<string, string>, options: { compress?: boolean } = {}): Promise<Buffer> {
  const path = join(await temporaryFolder(), 'made.zip');
  const zip = new ZipFile();
  for (const [name, content] of Object.entries(entries)) {
    if (name.endsWith('/')) zip.addEmptyDirectory(name);
    else zip.addBuffer(Buffer.from(content), name, options);
  }
  zip.end();
  await once(zip.outputStream.pipe(createWriteStream(path)), 'finish');
  return readFile(path);
}

async function unpacked(name: string, bytes: Buffer | string, maxBytes = 1e9): Promise<string> {
  const path = join(await temporaryFolder(), 'file');
  await writeFile(path, bytes);
  const { content, readBytes, total } = await unpack(path, name, maxBytes);
  const pieces: Buffer[] = [];
  for await (const piece of content) pieces.push(Buffer.from(piece));
  expect(readBytes()).toBe(total);
  return Buffer.concat(pieces).toString();
}

async function refused(name: string, bytes: Buffer | string, maxBytes?: number): Promise<string> {
  const error = await unpacked(name, bytes, maxBytes).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(BadArchive);
  return (error as BadArchive).message;
}

describe('a CSV is read', () => {
  test.each(['zaiko.csv', 'zaiko.CSV', 'zaiko'])('as it is: %s', async (name) => {
    expect(await unpacked(name, large)).toBe(large);
    expect(await unpacked(name, '')).toBe('');
  });

  test.each(['zaiko.csv.gz', 'ZAIKO.CSV.GZ'])('gzipped: %s', async (name) => {
    expect(await unpacked(name, gzipSync(large))).toBe(large);
    expect(await unpacked(name, gzipSync(''))).toBe('');
    expect(await unpacked(name, '')).toBe('');
    expect(await unpacked(name, Buffer.concat([gzipSync(text), gzipSync(text)]))).toBe(text + text);
  });

  test('zipped, compressed or not', async () => {
    expect(await unpacked('zaiko.zip', await zipOf({ 'zaiko.csv': large }))).toBe(large);
    expect(await unpacked('ZAIKO.ZIP', await zipOf({ 'zaiko.csv': large }, { compress: false }))).toBe(large);
    expect(await unpacked('zaiko.zip', await zipOf({ 'ZAIKO.CSV': '' }))).toBe('');
  });

  test('beside folders, other files and what macOS adds', async () => {
    const entries = {
      'export/': '',
      'export/在庫.csv': text,
      'export/.hidden.csv': 'no',
      '__MACOSX/export/._在庫.csv': 'no',
      'readme.txt': 'no',
    };
    expect(await unpacked('zaiko.zip', await zipOf(entries))).toBe(text);
  });

  test('whatever path the archive gives it', async () => {
    const zip = await zipOf({ 'aa/evil.csv': text });
    const evil = Buffer.from(zip.toString('latin1').replaceAll('aa/evil', '../evil'), 'latin1');
    expect(evil).not.toEqual(zip);
    expect(await unpacked('zaiko.zip', evil)).toBe(text);
  });
});

describe('an archive is refused', () => {
  test.each([
    ['no CSV', { 'readme.txt': 'x' }, /no file whose name ends in \.csv/],
    ['nothing', { 'empty/': '' }, /no file/],
    ['several CSVs', { 'a.csv': text, 'b.csv': text }, /2 CSV files/],
  ])('that holds %s', async (_what, entries, message) => {
    expect(await refused('zaiko.zip', await zipOf(entries as Record<string, string>))).toMatch(message);
  });

  test('that is not one', async () => {
    expect(await refused('zaiko.zip', text)).toMatch(/damaged or incomplete/);
    expect(await refused('zaiko.zip', '')).toMatch(/damaged or incomplete/);
    expect(await refused('zaiko.csv.gz', text)).toMatch(/damaged or incomplete/);
  });

  test('that is cut off', async () => {
    const gzipped = gzipSync(large);
    for (const cut of [1, 8, 20, gzipped.length - 5]) {
      expect(await refused('zaiko.csv.gz', gzipped.subarray(0, -cut))).toMatch(/damaged or incomplete/);
    }
    const zipped = await zipOf({ 'zaiko.csv': large });
    for (const cut of [1, 30, 200])
      expect(await refused('zaiko.zip', zipped.subarray(0, -cut))).toMatch(/damaged/);
  });

  test('whose content was changed on the way', async () => {
    const gzipped = gzipSync(large);
    gzipped.writeUInt32LE(0, gzipped.length - 8);
    expect(await refused('zaiko.csv.gz', gzipped)).toMatch(/damaged/);
    const zipped = await zipOf({ 'zaiko.csv': text }, { compress: false });
    zipped[zipped.indexOf('4901')] = 0x35;
    expect(await refused('zaiko.zip', zipped)).toMatch(/checksum/);
  });

  test('that is encrypted', async () => {
    const zip = await zipOf({ 'zaiko.csv': text });
    const central = zip.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));
    zip.writeUInt16LE(zip.readUInt16LE(central + 8) | 1, central + 8);
    expect(await refused('zaiko.zip', zip)).toMatch(/encrypted/);
  });

  test('that unpacks to more than allowed, said or not', async () => {
    const bomb = 'a'.repeat(5_000_000);
    expect(await refused('zaiko.csv.gz', gzipSync(bomb), 4_194_304)).toMatch(/larger than 4 MiB/);
    expect(await refused('zaiko.zip', await zipOf({ 'zaiko.csv': bomb }), 4_194_304)).toMatch(
      /larger than 4 MiB/,
    );
    const lying = await zipOf({ 'zaiko.csv': bomb });
    const central = lying.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));
    lying.writeUInt32LE(1_000, central + 24);
    expect(await refused('zaiko.zip', lying, 4_194_304)).toMatch(/damaged/);
  });
});

test('a file that is gone is the error of the system, not of an archive', async () => {
  for (const name of ['a.csv', 'a.csv.gz', 'a.zip']) {
    const reading = (async () => {
      const { content } = await unpack('/nowhere/at/all', name, 1e9);
      for await (const _piece of content);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'ENOENT' });
  }
});
