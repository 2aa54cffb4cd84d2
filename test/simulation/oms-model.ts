import { type Row, rows } from './rows.ts';

/** A snapshot of Smaregi's stock: the rows of its Reset CSV, without those that were rejected. */
export interface ResetFile {
  takenAt: number;
  levels: ReadonlyMap<Row, number>;
}

/** The OMS: adds what it is told, and sets what a Reset CSV says. */
export class OmsModel {
  readonly levels = new Map<Row, number>();
  /** Resets in the order in which they were applied. */
  readonly resets: { name: string; file: ResetFile }[] = [];
  /** What every row held at first. */
  readonly opening: number;
  deltas = 0;

  constructor(opening: number) {
    this.opening = opening;
    for (const row of rows) this.levels.set(row, opening);
  }

  level(row: Row): number {
    return this.levels.get(row) ?? 0;
  }

  add(row: Row, quantity: number): void {
    this.deltas += 1;
    this.levels.set(row, this.level(row) + quantity);
  }

  apply(name: string, file: ResetFile): void {
    this.resets.push({ name, file });
    for (const [row, level] of file.levels) this.levels.set(row, level);
  }
}
