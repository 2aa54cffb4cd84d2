import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Configuration } from '../config/configuration.ts';
import { archiveFolder, type DataFolders } from '../config/data-folders.ts';
import type { Store } from '../config/store-map.ts';
import { listPostings } from '../ledger/posting-list.ts';
import { type Reconciliation, ReconciliationRecords } from '../ledger/reconciliation-records.ts';
import { toldCalls } from '../ledger/told-calls.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import { freePath } from '../platform/durable-file.ts';
import { compactLocal } from '../platform/time-zone.ts';
import { type DriftClass, driftClasses, type ToldCall, type Verdict, verdictOf } from './drift.ts';
import { DriftFile, type DriftRow } from './drift-file.ts';
import { ExpectedLevels, type ExpectedRow } from './expected-levels.ts';
import type { HeldByProduct, HeldLevels } from './held-levels.ts';
import { type Span, spanAt } from './open-span.ts';

export interface ReconcileOptions {
  database: Database;
  folders: DataFolders;
  stores: readonly Store[];
  configuration: Configuration;
  held: HeldLevels;
  /** Where the levels that differ are listed; undefined: in the archive folder of the day. */
  output: string | undefined;
  clock: Clock;
  signal: AbortSignal;
}

export interface Reconciled extends Reconciliation {
  /** The first of what was lost, doubled or changed, with what to do. */
  examples: DriftRow[];
}

const shownExamples = 20;
/** More movements of one row are no story that anybody reads. */
const maxPostings = 100_000;

/**
 * Compares what the OMS holds with what it should hold, level by level, and records what was found. Changes nothing
 * else: what was lost or doubled is proposed, and a person decides.
 *
 * @throws Problem of {@link ExpectedLevels.gather} and of the levels' source; the signal's reason
 */
export async function reconcile(options: ReconcileOptions): Promise<Reconciled> {
  const { database, configuration, folders, clock, held, signal } = options;
  const at = clock.now();
  const name = `drift_${compactLocal(at, configuration.timeZone)}.csv`;
  const path = options.output ?? (await freePath(archiveFolder(folders, at, configuration.timeZone), name));
  const comparison = new Comparison(options, new DriftFile(path));
  const levels = await ExpectedLevels.gather(options);
  try {
    for (const rows of levels.byProduct()) {
      for (const batch of batches(rows, held.batchSize)) {
        signal.throwIfAborted();
        const products = [...new Set(batch.map(({ productCode }) => productCode))];
        comparison.compare(batch, await held.of(products));
        await comparison.file.flush();
        await nextTurn();
      }
    }
    for (const { productCode, storeId, ...rest } of held.others((product) => levels.has(product))) {
      comparison.compareUnexpected({ productCode, storeId }, rest);
    }
    const driftFile = (await comparison.file.finish()) ?? null;
    const found = { at, source: held.source, ...comparison.counts(), driftFile };
    new ReconciliationRecords(database).add(found);
    return { ...found, examples: comparison.examples };
  } catch (error) {
    await comparison.file.discard();
    throw error;
  } finally {
    levels.close();
  }
}

/** Rows of so many products each. */
function* batches(rows: readonly ExpectedRow[], products: number): Generator<ExpectedRow[]> {
  let batch: ExpectedRow[] = [];
  let count = 0;
  let last: string | undefined;
  for (const row of rows) {
    if (row.productCode !== last) {
      if (count === products) {
        yield batch;
        batch = [];
        count = 0;
      }
      count += 1;
      last = row.productCode;
    }
    batch.push(row);
  }
  if (batch.length > 0) yield batch;
}

class Comparison {
  readonly file: DriftFile;
  readonly examples: DriftRow[] = [];
  readonly #options: ReconcileOptions;
  readonly #facilities: ReadonlyMap<string, string>;
  readonly #counts = new Map<DriftClass, number>(driftClasses.map((name) => [name, 0]));

  constructor(options: ReconcileOptions, file: DriftFile) {
    this.#options = options;
    this.file = file;
    this.#facilities = new Map(
      options.stores.map(({ storeId, facilityId, externalFacilityId }) => [
        storeId,
        facilityId || externalFacilityId,
      ]),
    );
  }

  /** Rows of whole products, with what is held of them: also in stores where nothing of them is expected. */
  compare(rows: readonly ExpectedRow[], { held, readAt }: { held: HeldByProduct; readAt: number }): void {
    const expected = new Set(rows.map(({ productCode, storeId }) => `${storeId} ${productCode}`));
    for (const productCode of new Set(rows.map((row) => row.productCode))) {
      for (const [storeId, found] of held.get(productCode) ?? []) {
        if (!expected.has(`${storeId} ${productCode}`))
          this.compareUnexpected({ productCode, storeId }, found);
      }
    }
    for (const row of rows) {
      const found = held.get(row.productCode)?.get(row.storeId);
      const quantity = found?.quantity ?? 0;
      const first = verdictOf(row, found, () => []);
      if (first.class === 'equal' || first.class === 'within-open' || first.class === 'zeroed') {
        this.#note(first, { ...row, held: quantity, reason: found?.reason ?? '' });
        continue;
      }
      // Much may have been told between putting the levels together and reading the OMS: once more, for this row.
      const span = this.#spanOf(row, readAt);
      const calls = () => this.#toldCalls(row, readAt);
      this.#note(verdictOf(span, found, calls), {
        ...row,
        ...span,
        held: quantity,
        reason: found?.reason ?? '',
      });
    }
  }

  /** A row that the ledger has never heard of: it should hold nothing. */
  compareUnexpected(
    row: { productCode: string; storeId: string },
    { quantity, reason }: { quantity: number; reason: string | undefined },
  ): void {
    const verdict: Verdict = { class: quantity === 0 ? 'equal' : 'changed', calls: [] };
    this.#note(verdict, { ...row, target: null, now: null, held: quantity, reason: reason ?? '' });
  }

  counts(): Omit<Reconciliation, 'at' | 'source' | 'driftFile'> {
    const of = (name: DriftClass) => this.#counts.get(name) ?? 0;
    return {
      levels: driftClasses.reduce((sum, name) => sum + of(name), 0),
      equal: of('equal'),
      withinOpen: of('within-open'),
      zeroed: of('zeroed'),
      lost: of('lost'),
      doubled: of('doubled'),
      changed: of('changed'),
    };
  }

  #spanOf({ storeId, productCode, base }: ExpectedRow, readAt: number): Span {
    const postings = listPostings(this.#options.database, { storeId, productCode }, maxPostings);
    return spanAt(base, postings, readAt);
  }

  #toldCalls({ storeId, productCode, base }: ExpectedRow, readAt: number): ToldCall[] {
    const between = { after: base?.appliedAt ?? 0, before: readAt };
    return toldCalls(this.#options.database, { storeId, productCode }, between);
  }

  #note(verdict: Verdict, row: Omit<DriftRow, 'class' | 'facilityId' | 'proposal'>): void {
    this.#counts.set(verdict.class, (this.#counts.get(verdict.class) ?? 0) + 1);
    if (verdict.class === 'equal') return;
    const drift = {
      class: verdict.class,
      storeId: row.storeId,
      facilityId: this.#facilities.get(row.storeId) ?? '',
      productCode: row.productCode,
      target: row.target,
      now: row.now,
      held: row.held,
      reason: row.reason,
      proposal: proposalFor(verdict),
    };
    this.file.add(drift);
    if (!['within-open', 'zeroed'].includes(verdict.class) && this.examples.length < shownExamples) {
      this.examples.push(drift);
    }
  }
}

/** The exact command that mends it, once a person has looked. */
function proposalFor({ class: name, calls }: Verdict): string {
  const ids = calls.flatMap(({ movements }) => movements).join(' ');
  if (name === 'lost') return `flagship replay ${ids} --posted-again --reason "lost by the OMS"`;
  if (name === 'doubled') return `flagship take-back ${ids} --reason "twice in the OMS"`;
  return '';
}
