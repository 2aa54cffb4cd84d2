/** One change of stock that a transaction line stands for: the sale, or what undid it. Moments in epoch milliseconds. */
export interface EffectStep {
  kind: string;
  /** Signed: a sale lowers stock. */
  quantity: number;
  occurredAt: number;
  /** When Smaregi's server had it. */
  recordedAt: number;
}

/** A transaction line as one source says it is. */
export interface LineVersion {
  transactionId: string;
  lineId: string;
  storeId: string;
  productCode: string;
  /** When this version was written: the update time, else the time of the file. */
  versionAt: number;
  /** All changes so far, in order; their sum is the effect. */
  steps: readonly EffectStep[];
  /** If the effect is another than the one recorded: what changed it, and when. */
  change: { kind: string; at: number };
}

/** What is remembered of the line: the newest version taken in, and the sum of its movements. */
export interface RecordedLine {
  versionAt: number;
  storeId: string;
  productCode: string;
  effect: number;
  /** How many movements it has so far. */
  movements: number;
}

export interface LineMovement extends EffectStep {
  storeId: string;
  productCode: string;
}

/**
 * The movements that bring the recorded effect of a line to that of a version: all steps of a line never seen, the
 * difference for a newer version, nothing for the same or an older one. Pure; taking in the same version any number
 * of times, in any order with others, ends in the same sum.
 */
export function converge(recorded: RecordedLine | undefined, version: LineVersion): LineMovement[] {
  const { storeId, productCode, steps } = version;
  if (!recorded) {
    return steps.filter((step) => step.quantity !== 0).map((step) => ({ ...step, storeId, productCode }));
  }
  if (version.versionAt < recorded.versionAt) return [];
  const effect = steps.reduce((sum, step) => sum + step.quantity, 0);
  const { kind, at } = version.change;
  const moved = (quantity: number, row: { storeId: string; productCode: string }): LineMovement[] =>
    quantity === 0
      ? []
      : [
          {
            kind,
            quantity,
            occurredAt: at,
            recordedAt: at,
            storeId: row.storeId,
            productCode: row.productCode,
          },
        ];
  if (recorded.storeId === storeId && recorded.productCode === productCode) {
    return moved(effect - recorded.effect, version);
  }
  return [...moved(-recorded.effect, recorded), ...moved(effect, version)];
}
