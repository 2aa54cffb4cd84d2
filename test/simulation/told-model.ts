import { rows } from './rows.ts';
import { effectOn, type SalesFile, type StockChange, type Transaction } from './smaregi-model.ts';

/**
 * What the sales files told us so far, by the rule of the design: each difference to what was known, at its own time;
 * a transaction never seen before is there from its first moment; an older version than the one known says nothing.
 *
 * Where a file with a version in between never came, that is not what Smaregi's stock did: the edit is told as if it
 * had been so from the start. So what the OMS can be expected to hold follows from this, not from the truth, until a
 * reset contains it.
 */
export class ToldModel {
  readonly changes: StockChange[] = [];
  readonly #known = new Map<Transaction, number>();

  takeIn({ shows }: SalesFile): void {
    for (const { transaction, version } of shows) this.#take(transaction, version);
  }

  /** Whether nothing that a transaction became is still to be told. */
  knows(transaction: Transaction): boolean {
    return this.#known.get(transaction) === transaction.versions.length - 1;
  }

  #take(transaction: Transaction, index: number): void {
    const known = this.#known.get(transaction);
    const version = transaction.versions[index];
    if (!version || (known !== undefined && known >= index)) return;
    this.#known.set(transaction, index);
    const before = known === undefined ? undefined : transaction.versions[known];
    const firstAt = transaction.versions[0]?.at ?? version.at;
    for (const row of rows) {
      if (known === undefined) {
        const sold = effectOn(row, { ...version, isCancelled: false });
        this.#change({ row, quantity: sold, at: firstAt });
        if (version.isCancelled) this.#change({ row, quantity: -sold, at: version.at });
      } else {
        const quantity = effectOn(row, version) - effectOn(row, before);
        this.#change({ row, quantity, at: version.at });
      }
    }
  }

  #change(change: StockChange): void {
    if (change.quantity !== 0) this.changes.push(change);
  }
}
