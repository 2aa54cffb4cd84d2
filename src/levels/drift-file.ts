import { rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { guardFormula } from '../csv/formula-guard.ts';
import { csvText } from '../csv/write.ts';
import { OutputFile } from '../platform/output-file.ts';
import type { DriftClass } from './drift.ts';

/** One level that differs. */
export interface DriftRow {
  class: DriftClass;
  storeId: string;
  facilityId: string;
  productCode: string;
  /** What it should be as soon as everything is told; null: nothing is known of it. */
  target: number | null;
  now: number | null;
  held: number;
  /** Why the OMS shows none of it. */
  reason: string;
  proposal: string;
}

const header = [
  'class',
  'storeId',
  'facilityId',
  'idValue',
  'expected',
  'toldSoFar',
  'held',
  'difference',
  'decisionReason',
  'proposal',
];

/** Makes spreadsheets read UTF-8. */
const byteOrderMark = '\uFEFF';

/** The levels that differ, for a spreadsheet: there whole or not at all, and not at all when none differs. */
export class DriftFile {
  readonly #path: string;
  #file: OutputFile | undefined;
  #rows: string[][] = [];

  constructor(path: string) {
    this.#path = path;
  }

  add({
    class: name,
    storeId,
    facilityId,
    productCode,
    target,
    now,
    held,
    reason,
    proposal,
  }: DriftRow): void {
    const difference = String(held - (now ?? 0));
    const text = (value: number | null) => (value === null ? '' : String(value));
    this.#rows.push([
      ...[name, storeId, facilityId, productCode].map(guardFormula),
      ...[text(target), text(now), String(held), difference],
      ...[reason, proposal].map(guardFormula),
    ]);
  }

  /** Writes what was added so far. */
  async flush(): Promise<void> {
    if (this.#rows.length === 0) return;
    if (!this.#file) {
      this.#file = await OutputFile.create(this.#temporary());
      await this.#file.write(byteOrderMark + csvText([header], 'crlf'));
    }
    await this.#file.write(csvText(this.#rows, 'crlf'));
    this.#rows = [];
  }

  /** Its path, or undefined when nothing differed. */
  async finish(): Promise<string | undefined> {
    await this.flush();
    if (!this.#file) return undefined;
    await this.#file.finish();
    await rename(this.#temporary(), this.#path);
    return this.#path;
  }

  async discard(): Promise<void> {
    await this.#file?.discard();
  }

  #temporary(): string {
    return join(dirname(this.#path), `.${basename(this.#path)}.tmp`);
  }
}
