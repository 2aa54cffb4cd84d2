import { mkdir, stat } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { addPostedSales } from '../support/closed-sales.ts';
import { openTestLedger } from '../support/ledger.ts';
import { makeRetailer, type Retailer } from '../support/retailer.ts';
import { flagship } from '../support/service-process.ts';

async function retailerWithSales(count: number): Promise<Retailer> {
  const retailer = await makeRetailer({ delivery: { type: 'folder', directory: 'incoming' } });
  await mkdir(retailer.data(), { recursive: true });
  const ledger = openTestLedger(retailer.data('flagship.db'));
  // 19 November, 23:30 UTC: the morning of the 20th at the retailer.
  addPostedSales(ledger, count, { recordedAt: '2026-11-19T23:30:00.000Z' });
  ledger.database.close();
  return retailer;
}

function command(retailer: Retailer, ...args: string[]) {
  return flagship([...args, '--config', retailer.configPath]);
}

test('"ledger verify" ends with 0 when equal, with 1 and the rows when not', async () => {
  const retailer = await retailerWithSales(3);
  const equal = await command(retailer, 'ledger', 'verify');
  expect(equal).toMatchObject({ code: 0, stdout: 'equal: 3 postings, 3 calls, 3 transaction lines\n' });

  const { database } = openTestLedger(retailer.data('flagship.db'));
  database.exec(`UPDATE posting SET state = 'due', need = -1 WHERE movement_id = 2`);
  database.close();
  const unequal = await command(retailer, 'ledger', 'verify', '--json');
  expect(unequal.code).toBe(1);
  const what = 'posting 2 is due with need -1; its facts say posted with need 0';
  expect(JSON.parse(unequal.stdout)).toEqual({
    equal: false,
    postings: 3,
    calls: 3,
    lines: 3,
    count: 1,
    differences: [{ kind: 'posting', what }],
  });
});

test('"backup" writes a new file and refuses an existing one', async () => {
  const retailer = await retailerWithSales(3);
  const target = retailer.data('copy.db');
  const done = await command(retailer, 'backup', target, '--json');
  expect(done.code).toBe(0);
  expect(JSON.parse(done.stdout)).toMatchObject({ file: target, bytes: (await stat(target)).size });
  const again = await command(retailer, 'backup', target);
  expect(again).toMatchObject({ code: 3, stderr: expect.stringContaining('[backup-exists]') });
});

test('"archive" reads its date in the retailer\'s zone, tries first, then moves', async () => {
  const retailer = await retailerWithSales(3);
  const early = await command(retailer, 'archive', '--before', '2026-11-20', '--json');
  expect(JSON.parse(early.stdout)).toMatchObject({ movements: 0 });
  const dry = await command(retailer, 'archive', '--before', '2026-11-21', '--dry-run', '--json');
  expect(JSON.parse(dry.stdout)).toMatchObject({ movements: 3, calls: 3, dryRun: true });
  const moved = await command(retailer, 'archive', '--before', '2026-11-21', '--json');
  expect(JSON.parse(moved.stdout)).toMatchObject({ movements: 3, calls: 3, dryRun: false });
  expect((await stat(retailer.data('archive', 'ledger-until-2026-11-21.db'))).size).toBeGreaterThan(0);
  expect(await command(retailer, 'ledger', 'verify')).toMatchObject({ code: 0 });
});

test('"archive" refuses what is no date', async () => {
  const retailer = await retailerWithSales(1);
  const wrong = await command(retailer, 'archive', '--before', '2026-02-30');
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('is not a date') });
});
