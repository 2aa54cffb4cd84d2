import { pino } from 'pino';
import { ProductRecords } from '../../src/ledger/product-records.ts';
import { type Clock, systemClock } from '../../src/platform/clock.ts';
import { type FollowingOptions, followStock, followTransactions } from '../../src/recording/following.ts';
import { Products } from '../../src/recording/products.ts';
import type { StockRecorder } from '../../src/recording/stock-recorder.ts';
import type { TransactionRecorder } from '../../src/recording/transaction-recorder.ts';
import type { SmaregiSandbox, SmaregiSandboxOptions } from '../../src/sandbox/smaregi-sandbox.ts';
import type { SmaregiSettings } from '../../src/smaregi/smaregi-client.ts';
import { makeLedger, type TestLedger } from './ledger.ts';
import { smallRetailer } from './small-retailer.ts';
import { makeClient, makeSmaregi, settingsFor } from './smaregi.ts';

export interface Following {
  smaregi: SmaregiSandbox;
  ledger: TestLedger;
  stock: StockRecorder;
  transactions: TransactionRecorder;
  /** What was logged, a line each. */
  said: string[];
  /** Reads everything that is new. */
  readStock(): Promise<void>;
  readTransactions(): Promise<void>;
  /** Another process on the same ledger: nothing but that is remembered. */
  again(): void;
}

/** Everything that follows a sandbox Smaregi, on a real ledger, without a loop that wakes it. */
export async function makeFollowing(
  options: {
    sandbox?: Partial<SmaregiSandboxOptions>;
    settings?: Partial<SmaregiSettings>;
    clock?: Clock;
  } = {},
): Promise<Following> {
  const { clock = systemClock } = options;
  const smaregi = await makeSmaregi({ clock, ...options.sandbox });
  const ledger = await makeLedger();
  const settings = settingsFor(smaregi.url, options.settings);
  const client = makeClient(smaregi.url, options.settings, clock);
  const said: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => void said.push(line) });
  const records = new ProductRecords(ledger.database);
  const { database } = ledger;
  const make = () => {
    const following: FollowingOptions = {
      ...ledger,
      settings,
      smaregi: client,
      products: new Products({ database, records, smaregi: client, clock }),
      stores: smallRetailer,
      clock,
      log,
      onMovements: () => {},
    };
    return {
      stock: followStock(following),
      transactions: followTransactions(following, 'Asia/Tokyo'),
    };
  };
  let parts = make();
  const never = new AbortController().signal;
  const between = async () => {};
  return {
    smaregi,
    ledger,
    said,
    get stock() {
      return parts.stock;
    },
    get transactions() {
      return parts.transactions;
    },
    readStock: () => parts.stock.takeAll(never, between),
    readTransactions: () => parts.transactions.takeAll(never, between),
    again: () => {
      parts = make();
    },
  };
}

/** What the movements of a ledger that have a posting add up to, by `store product`; zeroes left out. */
export function toldSums({ database }: TestLedger): Record<string, number> {
  const rows = database
    .prepare(
      `SELECT store_id || ' ' || product_code, sum(quantity) FROM movement JOIN posting ON movement_id = movement.id
       GROUP BY 1 HAVING sum(quantity) <> 0 ORDER BY 1`,
    )
    .raw()
    .all() as [string, number][];
  return Object.fromEntries(rows);
}
