import type { AlarmRecords } from '../ledger/alarm-records.ts';
import { backoffMs } from '../platform/backoff.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import { messageOf as textOf } from '../platform/problem.ts';
import type { Channel } from './channel.ts';
import { messageOf } from './message.ts';

/** Between tries of a channel that does not take its messages. */
const retry = { firstMs: 5_000, maxMs: 10 * 60_000 };

interface NotifierOptions {
  records: AlarmRecords;
  channels: readonly Channel[];
  timeZone: string;
  clock: Clock;
  log: Logger;
}

/**
 * Tells every channel what it has not heard of, all of it in one message. What a channel took is forgotten after it took
 * it: a death in between tells it twice, never not at all.
 */
export class Notifier {
  readonly #options: NotifierOptions;
  readonly #failing = new Map<string, { times: number; tryAt: number }>();

  constructor(options: NotifierOptions) {
    this.#options = options;
  }

  async tellAll(): Promise<void> {
    await Promise.all(this.#options.channels.map((channel) => this.#tell(channel)));
  }

  async #tell(channel: Channel): Promise<void> {
    const { records, timeZone, clock, log } = this.#options;
    const now = clock.now();
    const failing = this.#failing.get(channel.name);
    if (failing && now < failing.tryAt) return;
    const notices = records.notices(channel.name);
    if (notices.length === 0) return;
    try {
      await channel.tell(messageOf(notices, { now, timeZone }));
      records.told(channel.name, notices);
      this.#failing.delete(channel.name);
    } catch (error) {
      const times = (failing?.times ?? 0) + 1;
      this.#failing.set(channel.name, { times, tryAt: now + backoffMs(retry, times, () => 1) });
      const fields = { code: 'alarm-not-told', channel: channel.name, waiting: notices.length };
      if (times === 1) log.error(fields, `${textOf(error)}. It is tried again`);
    }
  }
}
