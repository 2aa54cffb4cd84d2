import type { LedgerRecords } from '../../src/ledger/ledger-records.ts';
import { ProductRecords } from '../../src/ledger/product-records.ts';
import type { Logger } from '../../src/platform/logger.ts';
import { type SmaregiPolls, startSmaregiPolls } from '../../src/polling/smaregi-polls.ts';
import { startPacking } from '../../src/posting/start-packing.ts';
import { Products } from '../../src/recording/products.ts';
import type { ApiRow } from '../../src/smaregi/api-row.ts';
import type { SmaregiClient, StockRow } from '../../src/smaregi/smaregi-client.ts';
import type { Connected } from './connected.ts';
import type { Life } from './life.ts';
import { stores } from './rows.ts';
import { smaregiSettings as settings } from './service-settings.ts';
import { timeZone } from './setting.ts';
import type { World } from './world.ts';

interface ConnectionOptions {
  world: World;
  connected: Connected;
  life: Life;
  records: LedgerRecords;
  log: Logger;
  onMovements: () => void;
}

/** What one life of the service does with Smaregi: it follows its stock, and tells it of packed orders. */
export class SimulatedConnection {
  readonly #polls: SmaregiPolls;
  readonly #packing: ReturnType<typeof startPacking>;

  /** All of it begins at once. */
  constructor({ world, connected, life, records, log, onMovements }: ConnectionOptions) {
    const { clock, random, mutation } = world;
    const smaregi = connected.api.clientFor(life);
    const { database } = records;
    const products = new Products({ database, records: new ProductRecords(database), smaregi, clock });
    const shared = { ...records, settings, smaregi, products, clock, log };
    this.#polls = startSmaregiPolls({
      ...shared,
      smaregi: mutation.history ? readingAs(smaregi, mutation.history) : smaregi,
      configuration: { sales: { from: 'stock-changes' }, timeZone },
      stores: [...stores],
      onMovements,
    });
    const packing = { ...shared, random };
    this.#packing = startPacking(mutation.packing?.(packing) ?? packing);
  }

  onWebhook(row: StockRow): void {
    this.#polls.onEvent({
      contractId: settings.contractId,
      stockRows: [row],
      transactionIds: [],
      productIds: [],
    });
  }

  /** There are packed orders to tell. */
  wake(): void {
    this.#packing.wake();
  }
}

/** Smaregi, whose history reads as `as` says. */
function readingAs(smaregi: SmaregiClient, as: (change: ApiRow) => ApiRow): SmaregiClient {
  return {
    ...smaregi,
    async *stockChanges(row, signal) {
      for await (const page of smaregi.stockChanges(row, signal)) yield page.map(as);
    },
  };
}
