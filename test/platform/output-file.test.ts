import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hashFile } from '../../src/platform/file-hash.ts';
import { OutputFile } from '../../src/platform/output-file.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('what is written piece by piece is there, counted and hashed', async () => {
  const path = join(await temporaryFolder(), 'out.csv');
  await writeFile(path, 'what was there before, and longer than what comes');
  const file = await OutputFile.create(path);
  await file.write('帽子,');
  await file.write('5\n');
  const sha256 = createHash('sha256').update('帽子,5\n').digest('hex');
  expect(await file.finish()).toEqual({ bytes: 9, sha256 });
  expect(await readFile(path, 'utf8')).toBe('帽子,5\n');
  expect(await hashFile(path)).toEqual({ bytes: 9, sha256 });
});

test('a discarded file is gone, finished or not', async () => {
  const folder = await temporaryFolder();
  const open = await OutputFile.create(join(folder, 'open.csv'));
  await open.write('x');
  await open.discard();
  const finished = await OutputFile.create(join(folder, 'finished.csv'));
  await finished.finish();
  await finished.discard();
  expect(await readdir(folder)).toEqual([]);
});
