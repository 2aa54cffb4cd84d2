import type { Database } from '../platform/database.ts';
import { fromIso, toIso } from '../platform/time-zone.ts';

/** An alarm that started. Moments in epoch milliseconds. */
export interface Alarm {
  id: number;
  code: string;
  subject: string;
  message: string;
  startedAt: number;
  /** Since when its cause is gone. */
  calmSince: number | undefined;
  endedAt: number | undefined;
}

/** What one channel is still to be told. */
export interface Notice {
  alarm: Alarm;
  what: 'start' | 'end';
}

interface Row {
  id: number;
  code: string;
  subject: string;
  message: string;
  started_at: string;
  calm_since: string | null;
  ended_at: string | null;
}

const columns = 'alarm.id, code, subject, message, started_at, calm_since, ended_at';

/**
 * The memory of alarms: each is told once when it starts and once when it ends, whatever restarts in between. A notice
 * stays until a channel has taken it.
 */
export class AlarmRecords {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** What started and has not ended. */
  open(): Alarm[] {
    const rows = this.#database
      .prepare(`SELECT ${columns} FROM alarm WHERE ended_at IS NULL ORDER BY id`)
      .all();
    return (rows as Row[]).map(toAlarm);
  }

  /** Starts, goes on with and ends alarms so that they are those of `causes`. Returns what started and ended. */
  follow(
    causes: readonly { code: string; subject: string; message: string }[],
    { now, calmMs, channels }: { now: number; calmMs: number; channels: readonly string[] },
  ): { started: Alarm[]; ended: Alarm[] } {
    const apply = this.#database.transaction(() => {
      const open = this.open();
      const keyOf = ({ code, subject }: { code: string; subject: string }) => `${code} ${subject}`;
      const present = new Map(causes.map((cause) => [keyOf(cause), cause]));
      const known = new Set(open.map(keyOf));
      for (const alarm of open) this.#goOn(alarm, present.get(keyOf(alarm)), now);
      const over = open.filter(
        (alarm) => !present.has(keyOf(alarm)) && now - (alarm.calmSince ?? now) >= calmMs,
      );
      return {
        started: [...present.values()]
          .filter((cause) => !known.has(keyOf(cause)))
          .map((cause) => this.#start(cause, now, channels)),
        ended: over.map((alarm) => this.#end(alarm, now, channels)),
      };
    });
    return apply.immediate();
  }

  /** What a channel is still to be told, oldest first. */
  notices(channel: string): Notice[] {
    const rows = this.#database
      .prepare(
        `SELECT ${columns}, what FROM alarm_notice JOIN alarm ON alarm.id = alarm_id
         WHERE channel = ? ORDER BY alarm_id, what DESC`,
      )
      .all(channel) as (Row & { what: Notice['what'] })[];
    return rows.map((row) => ({ alarm: toAlarm(row), what: row.what }));
  }

  /** A channel has taken these. */
  told(channel: string, notices: readonly Notice[]): void {
    const remove = this.#database.prepare(
      'DELETE FROM alarm_notice WHERE channel = ? AND alarm_id = ? AND what = ?',
    );
    this.#database
      .transaction(() => {
        for (const { alarm, what } of notices) remove.run(channel, alarm.id, what);
      })
      .immediate();
  }

  /** Forgets what channels that are no longer configured were to be told. */
  keepChannels(channels: readonly string[]): void {
    this.#database
      .prepare('DELETE FROM alarm_notice WHERE channel NOT IN (SELECT value FROM json_each(?))')
      .run(JSON.stringify(channels));
  }

  #start(
    { code, subject, message }: { code: string; subject: string; message: string },
    now: number,
    channels: readonly string[],
  ): Alarm {
    const { lastInsertRowid } = this.#database
      .prepare('INSERT INTO alarm (code, subject, message, started_at) VALUES (?, ?, ?, ?)')
      .run(code, subject, message, toIso(now));
    const id = Number(lastInsertRowid);
    this.#notify(id, 'start', channels);
    return { id, code, subject, message, startedAt: now, calmSince: undefined, endedAt: undefined };
  }

  #goOn(alarm: Alarm, cause: { message: string } | undefined, now: number): void {
    const calmSince = cause ? undefined : (alarm.calmSince ?? now);
    alarm.message = cause?.message ?? alarm.message;
    alarm.calmSince = calmSince;
    this.#database
      .prepare('UPDATE alarm SET message = ?, calm_since = ? WHERE id = ?')
      .run(alarm.message, calmSince === undefined ? null : toIso(calmSince), alarm.id);
  }

  /** A channel that has not been told of the start, is not told at all. */
  #end(alarm: Alarm, now: number, channels: readonly string[]): Alarm {
    this.#database.prepare('UPDATE alarm SET ended_at = ? WHERE id = ?').run(toIso(now), alarm.id);
    const untold = this.#database
      .prepare(`DELETE FROM alarm_notice WHERE alarm_id = ? AND what = 'start' RETURNING channel`)
      .pluck()
      .all(alarm.id) as string[];
    this.#notify(
      alarm.id,
      'end',
      channels.filter((channel) => !untold.includes(channel)),
    );
    return { ...alarm, endedAt: now };
  }

  #notify(id: number, what: Notice['what'], channels: readonly string[]): void {
    const insert = this.#database.prepare(
      'INSERT INTO alarm_notice (alarm_id, channel, what) VALUES (?, ?, ?)',
    );
    for (const channel of channels) insert.run(id, channel, what);
  }
}

function toAlarm(row: Row): Alarm {
  const moment = (text: string | null) => (text === null ? undefined : fromIso(text));
  const { id, code, subject, message } = row;
  const [startedAt, calmSince, endedAt] = [
    fromIso(row.started_at),
    moment(row.calm_since),
    moment(row.ended_at),
  ];
  return { id, code, subject, message, startedAt, calmSince, endedAt };
}
