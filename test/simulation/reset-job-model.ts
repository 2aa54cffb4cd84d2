import { integer } from '../support/seeded-random.ts';
import type { IncomingFolder } from './incoming-folder.ts';
import type { OmsModel, ResetFile } from './oms-model.ts';
import type { VirtualClock } from './virtual-clock.ts';

const minuteMs = 60_000;
/** Longer than between two looks at the OMS's folder. */
const soonSeenMs = 20_000;

/** A snapshot's way through the OMS. */
export interface Import {
  name: string;
  file: ResetFile;
  startedAt: number;
  status: 'under-way' | 'finished' | 'failed';
  finishedAt: number | undefined;
}

/**
 * The OMS's job: takes Reset CSVs from the folder, one at a time, and applies each a while later. When it runs is the
 * history's choice, but for `schedule`, where it runs every day at `reset.appliesAt` and takes all that is there.
 */
export class ResetJobModel {
  /** Every Reset CSV that was ever made, by name. */
  readonly files = new Map<string, ResetFile>();
  readonly imports: Import[] = [];
  readonly #folder: IncomingFolder;
  readonly #oms: OmsModel;
  readonly #clock: VirtualClock;
  readonly #random: () => number;
  readonly #marginMs: number;
  readonly #tell: (event: string) => void;
  readonly #mustWait: (name: string) => boolean;

  constructor(options: {
    folder: IncomingFolder;
    oms: OmsModel;
    clock: VirtualClock;
    random: () => number;
    marginMinutes: number;
    tell: (event: string) => void;
    mustWait: (name: string) => boolean;
  }) {
    this.#folder = options.folder;
    this.#oms = options.oms;
    this.#clock = options.clock;
    this.#random = options.random;
    this.#marginMs = options.marginMinutes * minuteMs;
    this.#tell = options.tell;
    this.#mustWait = options.mustWait;
  }

  /** Whether a file was taken and is not yet applied, or may still be believed not to be. */
  get isBusy(): boolean {
    const last = this.imports.at(-1);
    return (
      last !== undefined &&
      (last.status === 'under-way' || this.#clock.now() <= last.startedAt + this.#marginMs + minuteMs)
    );
  }

  /** Takes files, in the order given, and applies them in that order within the margin. */
  takeUp(...names: string[]): void {
    if (names.length === 0) return;
    this.#clock.wakeAt(this.#clock.now() + soonSeenMs);
    this.#clock.wakeAt(this.#clock.now() + this.#marginMs + minuteMs);
    const afterMs = integer(this.#random, 1, this.#marginMs - minuteMs);
    for (const name of names) {
      const file = this.files.get(name);
      if (!file) throw new Error(`the OMS found a file that nobody made: ${name}`);
      this.#folder.take(name);
      const job: Import = {
        name,
        file,
        startedAt: this.#clock.now(),
        status: 'under-way',
        finishedAt: undefined,
      };
      this.imports.push(job);
      this.#tell(`the OMS takes ${name}`);
      this.#clock.at(this.#clock.now() + afterMs, () => this.apply(job));
    }
  }

  /** What is taken and not applied. */
  get pending(): Import[] {
    return this.imports.filter(({ status }) => status === 'under-way');
  }

  /**
   * A call that crosses a reset for which nobody holds anything back could not be told apart: it then waits, and so do
   * the files that were taken together with it, which the OMS applies in their order. No two end in the same moment.
   */
  apply(job: Import): void {
    if (job.status !== 'under-way') return;
    const before = this.pending.find(({ startedAt }) => startedAt === job.startedAt);
    const hasJustEnded = this.imports.some(({ finishedAt = 0 }) => this.#clock.now() <= finishedAt + 1);
    if (before !== job || hasJustEnded || this.#mustWait(job.name)) {
      this.#clock.at(this.#clock.now() + 1_000, () => this.apply(job));
      return;
    }
    job.status = 'finished';
    job.finishedAt = this.#clock.now();
    this.#oms.apply(job.name, job.file);
    const levels = [...job.file.levels].map(([row, level]) => `${row.name} ${level}`).join(', ');
    this.#tell(`the OMS applies ${job.name}: ${levels || 'no row'}`);
  }

  fail(job: Import): void {
    job.status = 'failed';
    this.#tell(`the OMS fails to import ${job.name}`);
  }
}
