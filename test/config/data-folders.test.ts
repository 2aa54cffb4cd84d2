import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { dataFolders, prepareFolders } from '../../src/config/data-folders.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const memory = '/dev/shm';

test.skipIf(!statSync(memory, { throwIfNoEntry: false }))(
  'an inbox on another file system is told at start, not when the first file is dropped',
  async () => {
    const root = await temporaryFolder();
    const elsewhere = mkdtempSync(join(memory, 'flagship-test-'));
    onTestFinished(() => rmSync(elsewhere, { recursive: true }));
    mkdirSync(join(root, 'inbox'));
    symlinkSync(elsewhere, join(root, 'inbox', 'inventory'));
    await expect(prepareFolders(dataFolders(root))).rejects.toMatchObject({
      code: 'data-folder',
      message: expect.stringContaining('another file system'),
    });
  },
);

test('a folder that cannot be made is named', async () => {
  const root = join(await temporaryFolder(), 'file');
  symlinkSync('nowhere', root);
  await expect(prepareFolders(dataFolders(root))).rejects.toMatchObject({ code: 'data-folder' });
});
