import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { flagship } from './support/service-process.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

test.each([
  ['no command', []],
  ['a command that does not exist', ['deliver']],
  ['an argument too few', ['convert', 'in.csv']],
  ['a number that is none', ['snapshots', 'release', 'first', '--reason', 'x']],
  ['an option that is none', ['snapshots', '--limit', 'all']],
  ['a reason without a word', ['snapshots', 'discard', '1', '--reason', ' ']],
])('%s ends 2, told in words or as one JSON document', async (_what, args) => {
  const inWords = await flagship(args);
  expect(inWords.code).toBe(2);
  expect(inWords.stdout).toBe('');
  expect(inWords.stderr).not.toBe('');
  const asJson = await flagship([...args, '--json']);
  expect(asJson.code).toBe(2);
  expect(JSON.parse(asJson.stdout)).toMatchObject({ error: { code: 'usage' } });
});

test('convert refuses paths that cannot be, before it touches anything', async () => {
  const folder = await temporaryFolder();
  const config = join(folder, 'flagship.json');
  const input = join(folder, 'in.csv');
  await writeFile(config, JSON.stringify({ delivery: { type: 'folder', directory: 'out' } }));
  await writeFile(input, 'x');
  for (const paths of [
    [join(folder, 'absent.csv'), join(folder, 'out.csv')],
    [folder, join(folder, 'out.csv')],
    [input, join(folder, 'absent', 'out.csv')],
    [input, join(input, 'out.csv')],
  ]) {
    const { code, stderr } = await flagship(['convert', ...paths, '--config', config]);
    expect([paths, code]).toEqual([paths, 2]);
    expect(stderr).toContain('[usage]');
  }
});

test('help of a command tells the options that every command has', async () => {
  const { code, stdout } = await flagship(['convert', '--help']);
  expect(code).toBe(0);
  expect(stdout).toContain('--config');
  expect(stdout).toContain('Example');
});
