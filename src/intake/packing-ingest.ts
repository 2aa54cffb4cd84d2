import type { RecordedLine } from '../ledger/converge.ts';
import type { MovementRecords } from '../ledger/movement-records.ts';
import {
  type PackedTotal,
  packingLine,
  packingSource,
  packingVerdict,
  packingVersion,
} from '../ledger/packing.ts';

/** Takes totals of packed orders into the ledger, each unit once. */
export class PackingIngest {
  readonly #movements: MovementRecords;

  constructor(movements: MovementRecords) {
    this.#movements = movements;
  }

  /** What a total says beside what is recorded. */
  verdictOn(total: PackedTotal): ReturnType<typeof packingVerdict> {
    return packingVerdict(this.#recorded(total), total);
  }

  /** How many units a total has more than what is recorded. */
  newUnits(total: PackedTotal): number {
    return total.quantity + (this.#recorded(total)?.effect ?? 0);
  }

  /** Records the movement of a new total. The caller holds the transaction. Epoch milliseconds. */
  pack(total: PackedTotal, at: { packedAt: number; now: number }): void {
    const recorded = this.#recorded(total);
    this.#movements.takeInAfter(recorded, packingSource, packingVersion(total, recorded, at), 'smaregi');
  }

  #recorded(total: PackedTotal): RecordedLine | undefined {
    const { transactionId, lineId } = packingLine(total);
    return this.#movements.line(packingSource, transactionId, lineId);
  }
}
