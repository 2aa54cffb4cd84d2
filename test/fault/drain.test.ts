import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadStores } from '../../src/config/store-map.ts';
import { openLedger } from '../../src/ledger/open-ledger.ts';
import { listPostings } from '../../src/ledger/posting-list.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { startOmsSandbox } from '../../src/sandbox/oms-sandbox.ts';
import { countStates } from '../support/ledger.ts';
import { makeRetailer, type Retailer } from '../support/retailer.ts';
import { salesFile } from '../support/sales-file.ts';
import { eventually, flagship, ServiceProcess } from '../support/service-process.ts';

const sales = 800;
const concurrency = 4;
const product = (n: number) => String(4_901_234_000_000 + n);

async function retailerWithOms(answerDelayMs: number) {
  const retailer = await makeRetailer({});
  const products = Array.from({ length: sales }, (_, n) => ({ idType: 'UPCA', idValue: product(n) }));
  const oms = await startOmsSandbox({
    stores: loadStores(join(retailer.root, 'stores.csv')),
    incoming: undefined,
    clock: systemClock,
    products,
  });
  onTestFinished(() => oms.close());
  oms.faults.set({ answerDelayMs });
  const settings = {
    dataDir: 'data',
    status: null,
    inbox: { settleSeconds: 0.1, scanSeconds: 0.2 },
    delivery: { type: 'folder', directory: 'incoming' },
    oms: {
      baseUrl: oms.url,
      token: { env: 'TOKEN' },
      requestsPerSecond: null,
      concurrency,
      coalesceAbove: 100_000,
    },
  };
  await writeFile(retailer.configPath, JSON.stringify(settings));
  const inbox = retailer.data('inbox', 'sales');
  await mkdir(inbox, { recursive: true });
  const lines = Array.from({ length: sales }, (_, n) => ({
    transaction: n + 1,
    product: product(n),
    quantity: 1,
  }));
  await writeFile(join(retailer.root, 'aside'), salesFile(lines));
  await rename(join(retailer.root, 'aside'), join(inbox, 'uriage.csv'));
  return { retailer, oms, environment: { TOKEN: oms.token } };
}

function states(retailer: Retailer): Record<string, number> {
  const database = openLedger(retailer.data('flagship.db'));
  try {
    return countStates(database);
  } finally {
    database.close();
  }
}

// An answer that takes a while leaves always something under way to kill; where it takes none, calls are recorded ahead.
test.each([10, 0])(
  'killed again and again while sales drain, each answered after %i ms: nothing doubled, nothing lost, few doubts',
  async (answerDelayMs) => {
    const { retailer, oms, environment } = await retailerWithOms(answerDelayMs);
    for (let kill = 1; kill <= 4; kill += 1) {
      const before = oms.calls.length;
      const doomed = await ServiceProcess.start(retailer.configPath, environment);
      expect(states(retailer)['in-doubt'] ?? 0).toBeLessThanOrEqual((kill - 1) * concurrency);
      await eventually('some calls are made', () => oms.calls.length > before + 60);
      doomed.kill();
      await doomed.exited;
    }
    const last = await ServiceProcess.start(retailer.configPath, environment);
    expect(states(retailer)['in-doubt'] ?? 0).toBeLessThanOrEqual(4 * concurrency);
    await eventually('everything else is told', () => {
      const { posted = 0, 'in-doubt': doubt = 0 } = states(retailer);
      return posted + doubt === sales;
    });

    const applied = oms.calls.filter((call) => call.result === 'applied').map((call) => call.input.idValue);
    expect(new Set(applied).size).toBe(applied.length);

    // A person looks each doubt up in the OMS and says what is there.
    const database = openLedger(retailer.data('flagship.db'));
    const doubts = listPostings(database, { states: ['in-doubt'] }, 100);
    database.close();
    for (const { id, productCode } of doubts) {
      const yes = applied.includes(productCode);
      const settle = ['settle', String(id), '--applied', yes ? 'yes' : 'no', '--reason', 'looked up'];
      expect((await flagship([...settle, '--config', retailer.configPath])).code).toBe(0);
    }
    await eventually('all posted', () => states(retailer).posted === sales);
    const facility = oms.levels.document().facilities.HARAJUKU?.UPCA ?? {};
    expect(Object.values(facility).filter((quantity) => quantity !== -1)).toEqual([]);
    expect(Object.keys(facility)).toHaveLength(sales);
    expect(await last.stop()).toBe(0);
  },
);
