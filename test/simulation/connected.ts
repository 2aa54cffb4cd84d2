import type { Database } from '../../src/platform/database.ts';
import { type ChangeRow, StockBook } from '../../src/sandbox/smaregi-stock-book.ts';
import { isOwnMemo } from '../../src/smaregi/own-memo.ts';
import type { StockRow } from '../../src/smaregi/smaregi-client.ts';
import { integer } from '../support/seeded-random.ts';
import type { JourneyOptions } from './journeys.ts';
import type { OmsModel } from './oms-model.ts';
import { OnlineShopModel } from './online-shop-model.ts';
import { type Row, rows } from './rows.ts';
import { SmaregiApiModel } from './smaregi-api-model.ts';
import type { KnownChange, SmaregiModel } from './smaregi-model.ts';
import { statementOf } from './statements.ts';

export interface ConnectedOptions extends Omit<JourneyOptions, 'server'> {
  smaregi: SmaregiModel;
  oms: OmsModel;
  ledger: Database;
  openingStock: number;
  /** Smaregi calls us about a change; or it does not, or nobody is there. */
  onWebhook: (row: StockRow) => void;
}

/** What there is besides where the retailer is connected to Smaregi: its API, its webhooks, and online orders. */
export class Connected {
  readonly api: SmaregiApiModel;
  readonly shop: OnlineShopModel;
  /** Everything that Smaregi's history shows, oldest first. */
  readonly changes: KnownChange[] = [];
  readonly #book: StockBook;
  readonly #options: ConnectedOptions;
  readonly #read;
  readonly #since;

  constructor(options: ConnectedOptions) {
    const { clock, oms, ledger, openingStock } = options;
    this.#options = options;
    this.#book = new StockBook(clock);
    for (const { storeId, productId } of rows) this.#book.begin(storeId, productId, openingStock);
    this.#book.onChange = (change) => this.#changed(change);
    this.api = new SmaregiApiModel(this.#book, options);
    this.shop = new OnlineShopModel(oms);
    this.#read = statementOf(ledger, `SELECT key FROM movement WHERE source = 'stock-changes'`, 'pluck');
    this.#since = statementOf(ledger, `SELECT since FROM reading WHERE source = 'stock-changes'`, 'pluck');
  }

  /** A store, or another application, moves stock. */
  move({ storeId, productId }: Row, division: string, amount: number): void {
    this.#book.change({ storeId, productId, division, amount });
  }

  /** The ids of all changes that were read. */
  get read(): ReadonlySet<unknown> {
    return new Set(this.#read.all());
  }

  /** What Smaregi recorded before is never taken: from then on the ledger follows it. */
  get since(): number {
    const since = this.#since.get() as string | undefined;
    return since === undefined ? Number.POSITIVE_INFINITY : Date.parse(since);
  }

  /** What was read of the changes that are not ours. */
  get told(): KnownChange[] {
    const { read } = this;
    return this.changes.filter(({ id, isOurs }) => !isOurs && read.has(id));
  }

  /** Units by which packing had lowered a row by a moment. */
  lowered(row: Row, at = Number.POSITIVE_INFINITY): number {
    return this.changes.reduce(
      (sum, change) => (change.isOurs && change.row === row && change.at <= at ? sum - change.quantity : sum),
      0,
    );
  }

  #changed({ id, storeId, productId, amount, memo }: ChangeRow): void {
    const { clock, random, smaregi, tell, onWebhook } = this.#options;
    const row = rows.find((one) => one.storeId === storeId && one.productId === productId);
    if (!row) throw new Error(`Smaregi was told of an unknown row: ${storeId} ${productId}`);
    const isOurs = isOwnMemo(memo ?? '');
    const change = { row, quantity: Number(amount), at: clock.now(), id, memo: memo ?? '', isOurs };
    this.changes.push(change);
    smaregi.changes.push(change);
    if (isOurs) tell(`Smaregi is told ${amount} of ${row.name} (${memo}): ${smaregi.stock(row)}`);
    if (integer(random, 0, 2) > 0) return;
    clock.at(clock.now() + integer(random, 5, 800), () =>
      onWebhook({ storeId: row.storeId, productId: row.productId }),
    );
  }
}
