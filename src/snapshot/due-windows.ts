import type { Snapshot, SnapshotRecords } from '../ledger/snapshot-records.ts';
import type { WindowRecords } from '../ledger/window-records.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import { showLocal } from '../platform/time-zone.ts';
import { type ResetPhase, type ResetRules, resetPhase } from './reset-timing.ts';

/** How late a window may open that is due when somebody is about to post. */
const everyMs = 500;

export interface DueWindowsOptions {
  rules: ResetRules;
  snapshots: SnapshotRecords;
  windows: WindowRecords;
  clock: Clock;
  log: Logger;
}

/** Which snapshots the OMS may apply, where each stands, and the opening of their windows. */
export class DueWindows {
  readonly #options: DueWindowsOptions;
  /** Snapshots that are not delivered as far as is known, and that the OMS may see all the same. */
  readonly #maybePublished = new Set<number>();
  #openedAt = Number.NEGATIVE_INFINITY;

  /** What a life before this one left with its upload complete may have got its name. */
  constructor(options: DueWindowsOptions) {
    this.#options = options;
    for (const { id, uploadedAt } of options.snapshots.inState('delivering')) {
      if (uploadedAt !== null) this.#maybePublished.add(id);
    }
  }

  /** From here on the file may have the name under which the OMS finds it, until somebody knows better. */
  maybePublished(snapshotId: number): void {
    this.#maybePublished.add(snapshotId);
  }

  notPublished(snapshotId: number): void {
    this.#maybePublished.delete(snapshotId);
  }

  /** Opens what is due. */
  open(): void {
    const now = this.#options.clock.now();
    if (Math.abs(now - this.#openedAt) < everyMs) return;
    this.#openedAt = now;
    for (const snapshot of this.awaited()) this.openIfDue(snapshot, this.phaseOf(snapshot));
  }

  openIfDue(snapshot: Snapshot, phase: ResetPhase): void {
    const { windows, clock, log, rules } = this.#options;
    if (phase.is !== 'open' || !windows.open(snapshot.id, clock.now())) return;
    log.info(
      { snapshot: snapshot.id, until: showLocal(phase.until, rules.timeZone) },
      `the reset of snapshot ${snapshot.id} may come from now on: its postings are held`,
    );
  }

  /** Those that the OMS can see, or may see: a connection that broke during the rename leaves that open. */
  awaited(): Snapshot[] {
    const { snapshots } = this.#options;
    const published = snapshots.inState('delivering').filter(({ id }) => this.#maybePublished.has(id));
    return [...snapshots.inState('delivered'), ...published];
  }

  /** `finishedAt`: when the OMS finished the file, as its import log says. */
  phaseOf(snapshot: Snapshot, finishedAt?: number): ResetPhase {
    const { windows, clock, rules } = this.#options;
    const evidence = {
      deliveredAt: snapshot.deliveredAt ?? snapshot.uploadedAt ?? snapshot.takenAt,
      windowOpenedAt: windows.openedAt(snapshot.id),
      pickedUpAt: snapshot.pickedUpAt ?? undefined,
      finishedAt,
    };
    return resetPhase(evidence, rules, clock.now());
  }
}
