import { type Decision, Interventions } from '../../src/ledger/interventions.ts';
import { type LedgerRecords, ledgerRecords } from '../../src/ledger/ledger-records.ts';
import { listPostings } from '../../src/ledger/posting-list.ts';
import { planReplay } from '../../src/ledger/replay-plan.ts';
import { wasApplied, wasNeverApplied } from '../../src/snapshot/reset-verdict.ts';
import { Life } from './life.ts';
import { mortal } from './mortal-database.ts';
import { timeZone } from './setting.ts';
import { statementOf } from './statements.ts';
import type { World } from './world.ts';

interface Doubt {
  movementId: number;
  destination: string;
  calls: string;
}

/** A person at the command line, who knows the truth. Works whether or not the service runs. */
export class Operator {
  readonly #world: World;
  readonly #records: LedgerRecords;
  readonly #interventions: Interventions;

  constructor(world: World) {
    this.#world = world;
    // Another process, which never dies.
    const database = mortal(world.ledger, new Life(() => {}));
    const records = (world.mutation.records ?? ledgerRecords)(database, world.clock);
    this.#records = records;
    this.#interventions = new Interventions(database, records.postings, records.calls);
  }

  /** Has everything that was refused sent again. Returns how many postings. */
  replayRefused(): number {
    const refused = listPostings(this.#records.database, { states: ['refused'] }, 1_000);
    const plan = planReplay(refused, { doubtsNotApplied: false, postedAgain: false, again: true });
    this.#interventions.replay(plan, this.#decision('the product is there now'));
    return plan.chosen.length;
  }

  /** Closes every doubt as it was. Returns how many postings. */
  settleDoubts(): number {
    const { ledger, network } = this.#world;
    const doubts = statementOf(
      ledger,
      `SELECT movement_id AS movementId, destination, group_concat(call.id) AS calls
         FROM call JOIN doubt ON doubt.call_id = call.id JOIN call_movement ON call_movement.call_id = call.id
         WHERE outcome = 'unknown' GROUP BY movement_id`,
    ).all() as Doubt[];
    for (const { movementId, destination, calls } of doubts) {
      const truths =
        destination === 'smaregi'
          ? new Set([this.#hasPacking(movementId)])
          : new Set(calls.split(',').map((id) => network.applied.has(Number(id))));
      // One word for several calls: only where it is the truth about all, and no other posting's word closed them.
      const [truth] = truths;
      if (truths.size !== 1 || truth === undefined || !this.#isInDoubt(movementId)) continue;
      this.#interventions.settle([movementId], truth, this.#decision('looked up in the OMS'));
    }
    return doubts.length;
  }

  /** Says of every snapshot without a sign what became of it: applied when, or never. */
  async confirmUnconfirmed(): Promise<void> {
    const world = this.#world;
    for (const { id, resetName, uploadedAt } of this.#records.snapshots.inState('unconfirmed')) {
      const job = world.job.imports.find(({ name }) => name === resetName);
      const place = { ...this.#records, rows: world.rows, timeZone };
      if (job?.status === 'under-way') continue;
      if (job?.finishedAt !== undefined) {
        world.tell(`the operator says that ${resetName} was applied`);
        // A call of the same millisecond left after it: none was under way.
        const appliedAt = Math.max(job.finishedAt - 1, uploadedAt ?? 0);
        await wasApplied(place, id, appliedAt, this.#decision('the log of the OMS says so'));
      } else {
        world.tell(`the operator says that ${resetName} will never be applied`);
        world.folder.take(resetName);
        wasNeverApplied(place, id, this.#decision('the file was removed'));
      }
    }
  }

  /** Whether Smaregi was lowered; undefined while it may still be. */
  #hasPacking(movementId: number): boolean | undefined {
    const { connected } = this.#world;
    if (!connected || connected.api.hasLate || connected.api.underWay > 0) return undefined;
    return connected.changes.some(({ memo, isOurs }) => isOurs && memo.endsWith(`:${movementId}`));
  }

  #isInDoubt(movementId: number): boolean {
    const open = `SELECT 1 FROM call_movement JOIN call ON call.id = call_movement.call_id
      JOIN doubt ON doubt.call_id = call.id WHERE movement_id = ? AND outcome = 'unknown'`;
    return statementOf(this.#world.ledger, open).get(movementId) !== undefined;
  }

  #decision(reason: string): Decision {
    return { at: this.#world.clock.now(), who: 'operator', reason };
  }
}
