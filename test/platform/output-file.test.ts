import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hashFile } from '../../src/platform/file-hash.ts';
import { HashedFile } from '../../src/platform/hashed-file.ts';
import { OutputFile } from '../../src/platform/output-file.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const before = 'what was there before, and longer than what comes';

test('what is written piece by piece is there', async () => {
  const path = join(await temporaryFolder(), 'out.csv');
  await writeFile(path, before);
  const file = await OutputFile.create(path);
  await file.write('帽子,');
  await file.write('5\n');
  await file.finish();
  expect(await readFile(path, 'utf8')).toBe('帽子,5\n');
});

test('what is written while the thread waits is there, counted and hashed', async () => {
  const path = join(await temporaryFolder(), 'out.csv');
  await writeFile(path, before);
  const file = new HashedFile(path);
  file.write(Buffer.from('帽子,'));
  file.write(Buffer.from('5\n'));
  const sha256 = createHash('sha256').update('帽子,5\n').digest('hex');
  expect(await file.finish()).toEqual({ bytes: 9, sha256 });
  expect(await readFile(path, 'utf8')).toBe('帽子,5\n');
  expect(await hashFile(path)).toEqual({ bytes: 9, sha256 });
});

test('a large file is flushed meanwhile, and whole', async () => {
  const path = join(await temporaryFolder(), 'out.csv');
  const file = new HashedFile(path);
  const piece = Buffer.alloc(1024 * 1024, '4901234567890,5\n');
  for (let count = 0; count < 30; count += 1) file.write(piece);
  const finished = await file.finish();
  expect(finished.bytes).toBe(30 * piece.length);
  expect(await hashFile(path)).toEqual(finished);
  const discarded = new HashedFile(path);
  for (let count = 0; count < 20; count += 1) discarded.write(piece);
  await discarded.discard();
  await expect(hashFile(path)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a discarded file is gone, finished or not', async () => {
  const folder = await temporaryFolder();
  const open = await OutputFile.create(join(folder, 'open.csv'));
  await open.write('x');
  await open.discard();
  const finished = await OutputFile.create(join(folder, 'finished.csv'));
  await finished.finish();
  await finished.discard();
  for (const isFinished of [false, true]) {
    const hashed = new HashedFile(join(folder, 'hashed.csv'));
    hashed.write(Buffer.from('x'));
    if (isFinished) await hashed.finish();
    await hashed.discard();
  }
  expect(await readdir(folder)).toEqual([]);
});
