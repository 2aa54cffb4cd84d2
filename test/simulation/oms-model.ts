import { type Row, rows } from './rows.ts';

/** A snapshot of Smaregi's stock: the rows of its Reset CSV, without those that were rejected. */
export interface ResetFile {
  takenAt: number;
  levels: ReadonlyMap<Row, number>;
}

/** A reset as it was applied. */
export interface Reset {
  name: string;
  file: ResetFile;
  /** Units of online orders that the reset does not know any more, by row: what was ordered later or is still reserved counts. */
  gone: ReadonlyMap<Row, number>;
}

/**
 * The OMS: adds what it is told, and sets what a Reset CSV says. Its level of a row is what it offers: what it has, less
 * what is reserved for online orders that are not shipped.
 */
export class OmsModel {
  readonly levels = new Map<Row, number>();
  /** Resets in the order in which they were applied. */
  readonly resets: Reset[] = [];
  /** What every row held at first. */
  readonly opening: number;
  deltas = 0;
  readonly #resetBy: 'on-hand' | 'available';
  readonly #ordered = new Map<Row, number>();
  readonly #shipped = new Map<Row, number>();

  constructor(opening: number, resetBy: 'on-hand' | 'available') {
    this.opening = opening;
    this.#resetBy = resetBy;
    for (const row of rows) this.levels.set(row, opening);
  }

  level(row: Row): number {
    return this.levels.get(row) ?? 0;
  }

  /** Units that were ever ordered online. */
  ordered(row: Row): number {
    return this.#ordered.get(row) ?? 0;
  }

  /** What is there, reserved or not. */
  onHand(row: Row): number {
    return this.level(row) + this.#reserved(row);
  }

  /** The reset that set a row last. */
  lastReset(row: Row): Reset | undefined {
    return this.resets.findLast(({ file }) => file.levels.has(row));
  }

  add(row: Row, quantity: number): void {
    this.deltas += 1;
    this.levels.set(row, this.level(row) + quantity);
  }

  /** An online order: its units are offered to nobody else. */
  reserve(row: Row, units: number): void {
    this.#ordered.set(row, this.ordered(row) + units);
    this.levels.set(row, this.level(row) - units);
  }

  /** They leave the store: what is there goes down, and what is reserved; what is offered stays. */
  ship(row: Row, units: number): void {
    this.#shipped.set(row, (this.#shipped.get(row) ?? 0) + units);
  }

  apply(name: string, file: ResetFile): void {
    const byHand = this.#resetBy === 'on-hand';
    const gone = rows.map(
      (row) => [row, byHand ? (this.#shipped.get(row) ?? 0) : this.ordered(row)] as const,
    );
    this.resets.push({ name, file, gone: new Map(gone) });
    for (const [row, level] of file.levels)
      this.levels.set(row, byHand ? level - this.#reserved(row) : level);
  }

  #reserved(row: Row): number {
    return this.ordered(row) - (this.#shipped.get(row) ?? 0);
  }
}
