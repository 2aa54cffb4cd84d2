import type { NoEffectReason } from '../smaregi/transaction-effects.ts';
import type { LineRejection } from '../smaregi/transaction-line.ts';

/** Why a row that we can read leaves the stock as it is. */
export type LeftOutReason = NoEffectReason | 'total' | 'older-version' | 'already-reversed';

/** What became of the rows of one sales file. */
export interface SalesFigures {
  /** Rows below the header. */
  lines: number;
  /** Movements that this reading added to the ledger. */
  movements: number;
  leftOut: Partial<Record<LeftOutReason, number>>;
  rejected: number;
  rejectedByReason: Partial<Record<LineRejection, number>>;
  /** Rows with a division code that is not known here, by `column=code`. */
  unknown: Record<string, number>;
}

/** Counts what becomes of the rows of one sales file. */
export class SalesTally {
  readonly figures: SalesFigures = {
    lines: 0,
    movements: 0,
    leftOut: {},
    rejected: 0,
    rejectedByReason: {},
    unknown: {},
  };

  countLine(): void {
    this.figures.lines += 1;
  }

  countMovements(added: number): void {
    this.figures.movements += added;
  }

  countLeftOut(reason: LeftOutReason): void {
    this.figures.leftOut[reason] = (this.figures.leftOut[reason] ?? 0) + 1;
  }

  countRejected(reason: LineRejection): void {
    this.figures.rejected += 1;
    this.figures.rejectedByReason[reason] = (this.figures.rejectedByReason[reason] ?? 0) + 1;
  }

  countUnknown(codes: readonly string[]): void {
    for (const code of codes) this.figures.unknown[code] = (this.figures.unknown[code] ?? 0) + 1;
  }
}

/** `20 lines, 12 movements added, 3 left out, 1 rejected`. */
export function salesSummary({ lines, movements, leftOut, rejected }: SalesFigures): string {
  const without = Object.values(leftOut).reduce((sum, count) => sum + count, 0);
  return `${lines} lines, ${movements} movements added, ${without} left out, ${rejected} rejected`;
}
