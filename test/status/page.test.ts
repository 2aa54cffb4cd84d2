import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ReconciliationRecords } from '../../src/ledger/reconciliation-records.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { chromiumPath, keepScreenshot, launchBrowser, openPage, seriousFaults } from '../support/browser.ts';
import { countStates, movement, type TestLedger } from '../support/ledger.ts';
import { drop, inventoryFile } from '../support/retailer.ts';
import { eventually } from '../support/service-process.ts';
import { cap, openShop, pageToken, type ShopFloor, unknownProduct } from '../support/shop-floor.ts';

const minuteMs = 60_000;
const minutesAgo = (minutes: number) => new Date(systemClock.now() - minutes * minuteMs).toISOString();

async function sentence(page: Page): Promise<string> {
  return (await page.locator('#sentence').textContent()) ?? '';
}

function saying(page: Page, pattern: RegExp): Promise<true> {
  return eventually(
    `the sentence is like ${pattern}`,
    async () => pattern.test(await sentence(page)) && (true as const),
  );
}

const states = ({ service }: ShopFloor) => countStates(service.database);

async function withRefusals(shop: ShopFloor, products = 3): Promise<void> {
  const lines = Array.from({ length: products }, (_, n) => ({
    transaction: 700 + n,
    product: `${unknownProduct.slice(0, -1)}${n}`,
    quantity: 1,
    at: minutesAgo(12.5),
  }));
  await shop.sell('uriage_1.csv', lines);
  await eventually('refused', () => states(shop).refused === products);
}

async function withDoubt(shop: ShopFloor): Promise<void> {
  shop.oms.faults.set({ dropAfter: 1 });
  await shop.sell('uriage_2.csv', [
    { transaction: 800, product: cap, quantity: 1, store: '2', at: minutesAgo(13.5) },
  ]);
  await eventually('in doubt', () => states(shop)['in-doubt'] === 1);
}

/** So many calls accepted in each of the minutes before now. */
function withCalls(ledger: TestLedger, perMinute: (minute: number) => number, minutes = 175): void {
  const now = systemClock.now();
  ledger.database.transaction(() => {
    for (let minute = minutes; minute > 0; minute -= 1) {
      const beginning = Math.floor(now / minuteMs - minute) * minuteMs;
      for (let n = 0; n < perMinute(minute); n += 1) {
        const at = beginning + n * 1_000;
        const sale = { recordedAt: at, occurredAt: at, storeId: n % 2 ? '1' : '2', productCode: cap };
        const id = ledger.movements.add(movement(`${minute}-${n}/1/1`, sale));
        const movements = [{ id, multiplicity: 1 as const }];
        const call = { destination: 'hotwax' as const, movements, quantity: -1, reason: 'POS_SALE' };
        const end = { outcome: 'accepted' as const, at: at + 50, by: 'flagship', note: null };
        ledger.calls.close(ledger.calls.open(call, at), end);
      }
    }
  })();
}

/** Nine stores, of the retailer in miniature. */
const storeMap = fileURLToPath(new URL('../../data/sample/stores.csv', import.meta.url));
const sampleInventory = fileURLToPath(new URL('../../data/sample/zaiko_20261124_0300.csv', import.meta.url));

const aDay = (minute: number) => Math.round(9 + 6 * Math.sin(minute / 17) + 4 * Math.cos(minute / 5));

/** The decision of the open dialog, from the token on. */
async function decideInDialog(page: Page): Promise<void> {
  await page.fill('[name=token]', pageToken);
  await page.keyboard.press('Enter');
  await page.waitForSelector('[name=reason]');
  await page.fill('[name=who]', 'Sato');
  await page.fill('[name=reason]', 'seen in the OMS');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#dialog [data-close]:only-child');
}

describe.skipIf(!chromiumPath)('the page, in a browser', { timeout: 60_000 }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  describe('its sentence is right', () => {
    test('before anything came', async () => {
      const shop = await openShop();
      const { page, troubles } = await openPage(browser, shop.url);
      await saying(
        page,
        /^No inventory file came by the deadline of .*: the next reset has nothing to apply\. Next reset \d\d:\d\d\.$/,
      );
      expect(troubles).toEqual([]);
    });

    test('when every sale is in the OMS, in both languages', async () => {
      const shop = await openShop({ storeMap, before: (ledger) => withCalls(ledger, aDay) });
      await drop(shop.retailer, 'zaiko_20261124_0300.csv', await readFile(sampleInventory));
      await eventually('delivered', () => shop.service.snapshots.list()[0]?.state === 'delivered');
      await shop.sell('uriage_1.csv', [{ transaction: 1, product: cap, quantity: 1 }]);
      await eventually('posted', () => shop.oms.calls.length === 1);
      const { page, troubles } = await openPage(browser, shop.url);
      await saying(page, /^Everything sold until [-\d ]*\d\d:\d\d is in the OMS\. Next reset \d\d:\d\d\.$/);
      await eventually('the delivery shows', () =>
        page
          .locator('.steps li.done')
          .count()
          .then((done) => done === 3),
      );
      await keepScreenshot(page, 'in-order');
      await page.click('#language');
      await saying(
        page,
        /^[-\d ]*\d\d:\d\dまでの販売はすべてOMSに反映されています。次のリセットは\d\d:\d\dです。$/,
      );
      expect(await page.getAttribute('html', 'lang')).toBe('ja');
      expect(troubles).toEqual([]);
    });

    test('when the OMS refuses products', async () => {
      const shop = await openShop({ storeMap, before: (ledger) => withCalls(ledger, aDay) });
      await withRefusals(shop);
      const { page, troubles } = await openPage(browser, shop.url);
      await saying(
        page,
        /^原宿本店 is 1\d minutes behind: the OMS refuses 3 products\. Next reset \d\d:\d\d\.$/,
      );
      expect(await page.title()).toBe('Needs you · Flagship');
      await keepScreenshot(page, 'refused');
      expect(troubles).toEqual([]);
    });

    test('when an answer was lost, while the page is open', async () => {
      const shop = await openShop();
      const { page, troubles } = await openPage(browser, shop.url, { locale: 'ja-JP' });
      await withDoubt(shop);
      await saying(page, /^心斎橋店：1件の差分がOMSに届いたか不明です。次のリセットは\d\d:\d\dです。$/);
      expect(troubles).toEqual([]);
    });

    test('when a snapshot is held', async () => {
      const shop = await openShop();
      await drop(shop.retailer, 'zaiko_20261124_0300.csv', inventoryFile(20).bytes);
      await eventually('delivered', () => shop.service.snapshots.list()[0]?.state === 'delivered');
      await drop(shop.retailer, 'zaiko_20261125_0300.csv', '店舗ID,商品コード,在庫数\n1,4901234000001,5\n');
      await eventually('held', () => shop.service.snapshots.list()[0]?.state === 'held');
      const { page, troubles } = await openPage(browser, shop.url);
      await saying(page, /^Snapshot 2 of zaiko_20261125_0300\.csv is held, since a store is missing/);
      await keepScreenshot(page, 'held');
      await page.click('[data-action=discard]');
      await decideInDialog(page);
      await page.click('#dialog [data-close]');
      await eventually('the hold is gone', async () => !/held/.test(await sentence(page)));
      expect(shop.service.snapshots.get(2)?.state).toBe('discarded');
      expect(troubles).toEqual([]);
    });

    test('when a snapshot cannot be delivered', async () => {
      const shop = await openShop({ settings: { delivery: { type: 'folder', directory: 'nowhere' } } });
      await drop(shop.retailer, 'zaiko_20261124_0300.csv', inventoryFile(20).bytes);
      const { page } = await openPage(browser, shop.url);
      await saying(page, /^The snapshot of .*03:00 is not delivered \(delivery-directory: /);
      await eventually('the step is marked', () => page.locator('.steps li.failed').count());
    });

    test('when the service is gone: that what is shown is old', async () => {
      const shop = await openShop({ hasInventory: true, before: (ledger) => withCalls(ledger, () => 1, 5) });
      const { page } = await openPage(browser, shop.url);
      await saying(page, /^Everything sold until/);
      await shop.stop();
      await page.waitForSelector('.truth.old');
      expect(await page.textContent('#as-of')).toMatch(
        /^Not connected: this is how things stood at \d\d:\d\d:\d\d$/,
      );
    });
  });

  test('a doubt is settled on it, with the dry run first', async () => {
    const shop = await openShop({ hasInventory: true });
    await withDoubt(shop);
    const { page, troubles } = await openPage(browser, shop.url);
    await page.click('#doubts summary');
    await eventually('its story is told', async () =>
      (await page.textContent('#doubts .story'))?.includes('told the OMS'),
    );
    await page.click('[data-action=settle-applied]');
    await page.fill('[name=token]', 'wrong');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#dialog [role=alert]');
    await page.fill('[name=token]', pageToken);
    await page.keyboard.press('Enter');
    await page.waitForSelector('[name=reason]');
    expect(await page.textContent('#dialog')).toContain('1 posting is counted as told. Nothing is sent.');
    await keepScreenshot(page, 'settle');
    expect(states(shop)).toEqual({ 'in-doubt': 1 });
    await page.fill('[name=who]', 'Sato');
    await page.fill('[name=reason]', 'seen in the OMS');
    await page.keyboard.press('Enter');
    await saying(page, /^Everything sold until/);
    expect(states(shop)).toEqual({ posted: 1 });
    expect(shop.service.database.prepare('SELECT outcome_by, note FROM call').all()).toEqual([
      { outcome_by: 'Sato (page)', note: 'seen in the OMS' },
    ]);
    expect(troubles.filter((trouble) => !trouble.includes('401'))).toEqual([]);
  });

  test('several refusals are replayed together', async () => {
    const shop = await openShop();
    await withRefusals(shop);
    const { page } = await openPage(browser, shop.url);
    const calls = shop.oms.calls.length;
    await page.check('[data-select-all]');
    await page.click('.bulk [data-action=replay]');
    await decideInDialog(page);
    await eventually('all are tried again', () => shop.oms.calls.length === calls + 3);
    expect(await page.textContent('#dialog')).toContain('Replay: done, 3.');
  });

  test('its chart draws what was posted, and reads out single minutes', async () => {
    const shop = await openShop({
      before: (ledger) => withCalls(ledger, (minute) => (minute === 30 ? 40 : 10), 60),
    });
    const { page, troubles } = await openPage(browser, shop.url);
    await eventually('bars', async () => (await page.locator('rect.posted').count()) >= 59);
    const heights = (await page
      .locator('rect.posted')
      .evaluateAll((bars) => bars.map((bar) => Number(bar.getAttribute('height'))))) as number[];
    const [most = 0, usual = 0] = [Math.max(...heights), heights[0]];
    expect(most / usual).toBeCloseTo(4, 1);
    const svg = await page.locator('#chart').boundingBox();
    expect(svg?.height).toBeGreaterThan(150);
    expect(await page.getAttribute('#chart', 'aria-label')).toContain('at most 40');
    await page.focus('#chart');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await eventually('a minute is read', async () =>
      /^[\d/ ]*\d\d:\d\d: 10 posted/.test((await page.textContent('.reading')) ?? ''),
    );
    expect(troubles).toEqual([]);
  });

  test('everything on it is done with the keyboard alone', async () => {
    const shop = await openShop();
    await withRefusals(shop, 1);
    const { page } = await openPage(browser, shop.url);
    const tabTo = async (what: string) => {
      for (let presses = 0; presses < 60; presses += 1) {
        await page.keyboard.press('Tab');
        if ((await page.locator(`${what}:focus`).count()) > 0) return;
      }
      throw new Error(`the keyboard never reaches ${what}`);
    };
    await page.waitForSelector('[data-action=write-off]');
    await tabTo('#language');
    await tabTo('.truth .show');
    await page.keyboard.press('Enter');
    await tabTo('#refusals [data-action=write-off]');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[name=token]:focus');
    await page.keyboard.type(pageToken);
    await page.keyboard.press('Enter');
    await page.waitForSelector('[name=who]:focus');
    await page.keyboard.type('Sato');
    await page.keyboard.press('Tab');
    await page.keyboard.type('not sold online');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#dialog [data-close]:focus');
    expect(states(shop)).toEqual({ posted: 1 });
    await page.keyboard.press('Escape');
    await page.waitForSelector('#dialog:not([open])', { state: 'attached' });
    await tabTo('#search-form [name=store]');
    await page.keyboard.type('原宿店');
    await page.keyboard.press('Tab');
    await page.keyboard.type(`${unknownProduct.slice(0, -1)}0`);
    await page.keyboard.press('Enter');
    await eventually('the story is found', async () =>
      (await page.textContent('#found'))?.includes('not sold online'),
    );
  });

  test.each([
    ['light', 1200],
    ['dark', 1200],
    ['light', 390],
  ] as const)('axe-core finds nothing serious (%s, %i pixels wide)', async (colorScheme, width) => {
    const shop = await openShop({ before: (ledger) => withCalls(ledger, aDay) });
    await withRefusals(shop);
    await withDoubt(shop);
    const options = {
      colorScheme,
      viewport: { width, height: 900 },
      ...(width < 500 ? { locale: 'ja-JP' } : {}),
    };
    const { page, troubles } = await openPage(browser, shop.url, options);
    await page.waitForSelector('#doubts');
    await page.click('#refusals summary >> nth=0');
    await page.waitForSelector('#refusals .story');
    expect(await seriousFaults(page)).toEqual([]);
    await keepScreenshot(page, `all-${colorScheme}-${width}`);
    const overflow = await page.evaluate<number>(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    expect(overflow).toBeLessThanOrEqual(0);
    await page.click('#refusals [data-action=replay] >> nth=-1');
    await page.fill('[name=token]', pageToken);
    await page.keyboard.press('Enter');
    await page.waitForSelector('[name=reason]');
    expect(await seriousFaults(page)).toEqual([]);
    await keepScreenshot(page, `dialog-${colorScheme}-${width}`);
    expect(troubles).toEqual([]);
  });

  test('what comes from outside is text, whatever it looks like', async () => {
    const shop = await openShop();
    const product = '<img src=x>';
    await shop.sell('<img src=x onerror=alert(1)>.csv', [{ transaction: 1, product, quantity: 1 }]);
    await eventually('refused', () => states(shop).refused === 1);
    const { page, troubles } = await openPage(browser, shop.url);
    await eventually('the product shows', async () =>
      (await page.textContent('#refusals'))?.includes(product),
    );
    await eventually('the file shows', async () =>
      (await page.textContent('#files'))?.includes('onerror=alert'),
    );
    await page.click('#refusals summary');
    await page.waitForSelector('#refusals .story');
    expect(await page.locator('img').count()).toBe(0);
    expect(troubles).toEqual([]);
  });

  test('elsewhere it asks for the token first, and rejected rows are had with it', async () => {
    const status = { host: '0.0.0.0', port: 0, token: { env: 'PAGE_TOKEN' } };
    const shop = await openShop({ settings: { status } });
    await shop.sell('uriage_1.csv', [{ transaction: 1, product: cap, quantity: 1, store: '77' }]);
    const { page } = await openPage(browser, shop.url.replace('0.0.0.0', '127.0.0.1'));
    expect(await page.locator('#sentence').count()).toBe(0);
    await page.fill('[name=token]', 'wrong');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[role=alert]');
    await page.fill('[name=token]', pageToken);
    await page.keyboard.press('Enter');
    await page.waitForSelector('#sentence');
    const saved = page.waitForEvent('download');
    await page.click('#files [data-download]');
    expect((await saved).suggestedFilename()).toBe('uriage_1.csv.rejected.csv');
  });

  test('the last comparison of levels is summed up on it', async () => {
    const shop = await openShop({
      hasInventory: true,
      before: ({ database }) =>
        new ReconciliationRecords(database).add({
          at: systemClock.now(),
          source: 'oms',
          levels: 2_648,
          equal: 2_645,
          withinOpen: 1,
          zeroed: 0,
          lost: 2,
          doubled: 0,
          changed: 0,
          driftFile: 'drift_20261126.csv',
        }),
    });
    const { page } = await openPage(browser, shop.url);
    await page.waitForSelector('#levels');
    const shown = await page.textContent('#levels');
    for (const words of ['2,645', 'Lost2', 'drift_20261126.csv']) expect(shown).toContain(words);
  });

  test('without a configured token it shows the commands instead of buttons', async () => {
    const shop = await openShop({ settings: { status: { port: 0 } } });
    await withRefusals(shop, 2);
    const { page } = await openPage(browser, shop.url);
    await eventually('the commands show', async () =>
      (await page.textContent('#refusals'))?.includes('flagship replay ID'),
    );
    expect(await page.locator('[data-action]').count()).toBe(0);
  });
});
