import { rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/platform/clock.ts';
import type { Status } from '../../src/status/status.ts';
import type { tellStory } from '../../src/status/story-document.ts';
import { countStates } from '../support/ledger.ts';
import { drop } from '../support/retailer.ts';
import { eventually, flagship } from '../support/service-process.ts';
import { cap, openShop, unknownProduct } from '../support/shop-floor.ts';

type Story = ReturnType<typeof tellStory>;

async function statusOf(url: string): Promise<Status> {
  return (await fetch(`${url}/status.json`)).json() as Promise<Status>;
}

test('the page, the document and the command line say the same', async () => {
  const { url, sell, retailer, service } = await openShop();
  await sell('a.csv', [{ transaction: 1, product: unknownProduct, quantity: 1 }]);
  await eventually('refused', () => countStates(service.database).refused === 1);
  const shown = await eventually('the refusal shows', async () => {
    const status = await statusOf(url);
    return status.deltas.refused === 1 && status;
  });
  const told = await flagship(['status', '--json', '--config', retailer.configPath], { TOKEN: 'x' });
  expect(JSON.parse(told.stdout)).toMatchObject({
    sentence: shown.sentence,
    level: 'attention',
    running: true,
  });
  expect(shown.sentence).toContain('the OMS refuses 1 product');
  expect(shown.refusals).toMatchObject([{ id: 1, store: '原宿店', productCode: unknownProduct }]);
});

test('the story of a store and product is the one that "explain" tells', async () => {
  const { url, sell, retailer, service } = await openShop();
  await sell('a.csv', [{ transaction: 1, product: cap, quantity: 2 }]);
  await eventually('posted', () => countStates(service.database).posted === 1);
  const query = new URLSearchParams({ store: '原宿店', product: cap });
  const story = (await (await fetch(`${url}/story?${query}`)).json()) as Story;
  const told = await flagship(['explain', '1', cap, '--json', '--config', retailer.configPath], {
    TOKEN: 'x',
  });
  const explained = JSON.parse(told.stdout);
  expect(story.events.map(({ at, text }) => ({ at, text: text.en }))).toEqual(explained.events);
  expect(story.postings).toEqual(explained.postings);
  expect(story.events).toHaveLength(3);
  expect((await fetch(`${url}/story?store=nowhere&product=1`)).status).toBe(404);
});

test('the online figure of a product is the one that "online" tells', async () => {
  const { url, sell, retailer, service } = await openShop();
  const file = '店舗ID,商品コード,在庫数\n1,4901234000001,5\n2,4901234000001,7\n';
  await drop(retailer, 'zaiko_20261124_0300.csv', file);
  await eventually('delivered', () => service.snapshots.list()[0]?.state === 'delivered');
  const run = (...args: string[]) => flagship([...args, '--config', retailer.configPath], { TOKEN: 'x' });
  const now = new Date(systemClock.now()).toISOString();
  const online = async () => (await fetch(`${url}/online?product=${cap}`)).json();
  expect(await online()).toBeNull();
  await run('snapshots', 'applied', '1', '--at', now, '--reason', 'seen in the OMS');
  await sell('a.csv', [{ transaction: 1, product: cap, quantity: 2 }]);
  await eventually('posted', () => countStates(service.database).posted === 1);
  const [told] = JSON.parse((await run('online', '--product', cap, '--json')).stdout);
  expect(await online()).toMatchObject({
    productCode: cap,
    quantity: told.quantity,
    open: 0,
    stores: told.stores,
  });
  expect(told.quantity).toBe(10);
  const story = (await (await fetch(`${url}/story?store=1&product=${cap}`)).json()) as Story;
  expect(story.level).toMatchObject({ now: 3, target: 3 });
});

test('rejected rows come as a file that a spreadsheet opens without running anything', async () => {
  const { url, sell } = await openShop();
  await sell('=cmd.csv', [{ transaction: 1, product: '=HYPERLINK(A1)', quantity: 1, store: '77' }]);
  const file = await eventually('the file shows', async () => {
    return (await statusOf(url)).files[0];
  });
  expect(file).toMatchObject({ file: '=cmd.csv', hasRejectedRows: true });
  const answer = await fetch(`${url}/rejected/${file.id}`);
  expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(answer.headers.get('content-disposition')).toContain(
    'attachment; filename="rejected.csv"; filename*=UTF-8\'\'%3Dcmd.csv',
  );
  const text = await answer.text();
  expect(text).toContain('unknown-store');
  expect(text).toContain(",'=HYPERLINK(A1),");
});

test('changes are told to whoever listens', async () => {
  const { url, sell } = await openShop();
  const stop = new AbortController();
  const events = await fetch(`${url}/events`, { signal: stop.signal });
  expect(events.headers.get('content-type')).toContain('text/event-stream');
  const seen: Status[] = [];
  const listening = (async () => {
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of events.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) if (block.startsWith('data: ')) seen.push(JSON.parse(block.slice(6)));
    }
  })().catch(() => {});
  await eventually('the first status', () => seen.length > 0);
  expect(seen[0]?.deltas.newestAt).toBeNull();
  await sell('a.csv', [{ transaction: 1, product: cap, quantity: 1 }]);
  await eventually('the sale is told of', () => seen.at(-1)?.deltas.newestAt !== null);
  stop.abort();
  await listening;
});

test('ready says why not, and live does not care', async () => {
  const { url, retailer } = await openShop();
  expect(await (await fetch(`${url}/health/ready`)).json()).toEqual({ ready: true });
  await rm(retailer.data('held'), { recursive: true });
  const answer = await fetch(`${url}/health/ready`);
  expect(answer.status).toBe(503);
  expect(JSON.stringify(await answer.json())).toContain(retailer.data('held'));
  expect(await (await fetch(`${url}/health/live`)).json()).toEqual({ live: true });
});
