import { mkdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { movement, openTestLedger } from '../support/ledger.ts';
import { makeRetailer } from '../support/retailer.ts';
import { flagship } from '../support/service-process.ts';

test('"postings" gives scripts all of them, people the first hundred, and says that there are more', async () => {
  const retailer = await makeRetailer({ delivery: { type: 'folder', directory: 'incoming' } });
  await mkdir(retailer.data(), { recursive: true });
  const { database, movements } = openTestLedger(retailer.data('flagship.db'));
  for (let n = 0; n < 101; n += 1) movements.add(movement(`${n}/1/1`));
  database.close();
  const command = (...args: string[]) => flagship(['postings', ...args, '--config', retailer.configPath]);

  const all = await command('--json');
  expect(JSON.parse(all.stdout)).toHaveLength(101);
  expect(all.stderr).toBe('');
  const screenful = await command();
  expect(screenful.stdout.trim().split('\n')).toHaveLength(1 + 100);
  expect(screenful.stderr).toContain('there are more');
  const few = await command('--json', '--limit', '2');
  expect(JSON.parse(few.stdout)).toHaveLength(2);
  expect(few.stderr).toContain('there are more');
});
