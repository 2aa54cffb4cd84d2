import { AlarmRecords } from '../ledger/alarm-records.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import { Loop } from '../platform/loop.ts';
import { messageOf } from '../platform/problem.ts';
import { type AlarmFactsOptions, AlarmFactsReader } from './alarm-facts.ts';
import { causesOf } from './causes.ts';
import type { Channel } from './channel.ts';
import { channelsOf } from './channels.ts';
import { Notifier } from './notifier.ts';

/** Without traffic the OMS is asked for its clock, and whether it still takes our token, this often. */
const probeMs = 60 * 60_000;

export interface AlarmWatchOptions extends AlarmFactsOptions {
  records: AlarmRecords;
  channels: readonly Channel[];
  /** A harmless read of the OMS; undefined where there is none. */
  probe: (() => Promise<unknown>) | undefined;
  clock: Clock;
  log: Logger;
}

/** Starts to watch, with the channels of the configuration. */
export function startAlarms(options: Omit<AlarmWatchOptions, 'records' | 'channels'>): AlarmWatch {
  const { database, configuration, clock } = options;
  const records = new AlarmRecords(database);
  const watch = new AlarmWatch({ ...options, records, channels: channelsOf(configuration, clock) });
  watch.start();
  return watch;
}

/** Looks again and again whether there is cause for an alarm, and tells whoever is to be told. */
export class AlarmWatch {
  readonly #options: AlarmWatchOptions;
  readonly #facts: AlarmFactsReader;
  readonly #notifier: Notifier;
  readonly #loop: Loop;
  #probedAt = Number.NEGATIVE_INFINITY;

  constructor(options: AlarmWatchOptions) {
    this.#options = options;
    this.#facts = new AlarmFactsReader(options);
    const { records, channels, configuration, clock, log } = options;
    this.#notifier = new Notifier({ records, channels, timeZone: configuration.timeZone, clock, log });
    this.#loop = new Loop({
      clock,
      everyMs: configuration.alarms.everySeconds * 1000,
      step: async () => this.#step(),
      onError: (error) => log.error({ err: error }, `alarms go on after: ${messageOf(error)}`),
    });
  }

  start(): void {
    this.#options.records.keepChannels(this.#options.channels.map(({ name }) => name));
    this.#loop.start();
  }

  wake(): void {
    this.#loop.wake();
  }

  stop(deadline: AbortSignal): Promise<void> {
    return this.#loop.stop(deadline);
  }

  async #step(): Promise<undefined> {
    await this.#probe();
    const { records, channels, configuration, log } = this.#options;
    const facts = await this.#facts.read();
    const open = new Set(records.open().map(({ code, subject }) => `${code} ${subject}`));
    const causes = causesOf(facts, configuration.alarms, configuration.timeZone, (code, subject) =>
      open.has(`${code} ${subject}`),
    );
    const { started, ended } = records.follow(causes, {
      now: facts.now,
      calmMs: configuration.alarms.calmSeconds * 1000,
      channels: channels.map(({ name }) => name),
    });
    for (const { code, subject, message } of started) log.error({ code, subject }, `ALARM: ${message}`);
    for (const { code, subject, message } of ended) log.info({ code, subject }, `alarm over: ${message}`);
    await this.#notifier.tellAll();
    return undefined;
  }

  /** What it finds is noted by whoever watches the exchanges; that it fails is no news: postings fail too. */
  async #probe(): Promise<void> {
    const { probe, omsWatch, clock } = this.#options;
    const now = clock.now();
    const heardAt = Math.max(this.#probedAt, omsWatch.clock?.at ?? Number.NEGATIVE_INFINITY);
    if (!probe || now - heardAt < probeMs) return;
    this.#probedAt = now;
    await probe().catch(() => {});
  }
}
