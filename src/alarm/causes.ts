import type { Configuration } from '../config/configuration.ts';
import { showLocal } from '../platform/time-zone.ts';

type Settings = Configuration['alarms'];

/** A reason for somebody to be told. Code and subject tell alarms apart. */
export interface Cause {
  code:
    | 'inventory-late'
    | 'file-refused'
    | 'snapshot-held'
    | 'snapshot-undelivered'
    | 'snapshot-unconfirmed'
    | 'postings-late'
    | 'postings-in-doubt'
    | 'postings-refused'
    | 'no-sales'
    | 'smaregi-unread'
    | 'token-ending'
    | 'disk-low'
    | 'clock-off'
    | 'levels-differ';
  /** What it is about: a snapshot, a store, a destination; or ''. */
  subject: string;
  message: string;
}

/** Everything that alarms follow from. Moments in epoch milliseconds; undefined: nothing of the kind. */
export interface AlarmFacts {
  now: number;
  inventory: { deadline: number; from: number; lastReceivedAt: number | undefined };
  refusedFiles: { name: string; feed: string; reason: string }[];
  snapshots: {
    id: number;
    file: string;
    state: 'held' | 'ready' | 'delivering' | 'unconfirmed';
    reason: string | null;
    receivedAt: number;
    problem: string | null;
  }[];
  postings: {
    destination: string;
    name: string;
    /** The oldest that is due was recorded then. */
    oldestDueAt: number | undefined;
    /** Something has been due without a pause since then, as far as this process looked. */
    dueSince: number | undefined;
    doubts: number;
    oldestDoubtAt: number | undefined;
    refused: number;
  }[];
  /** Stores that are open now. */
  openStores: { storeId: string; name: string; openSince: number; lastSaleAt: number | undefined }[];
  /** Where Smaregi is followed by its API: since when it was not read through, and how long that is too long. */
  smaregi: { unreadSince: number; limitMs: number } | undefined;
  tokenEndsAt: number | undefined;
  freeBytes: number;
  clockDifferenceMs: number | undefined;
  /** Of the last comparison of levels: how many were lost or doubled. */
  drift: { lost: number; doubled: number } | undefined;
}

const minuteMs = 60_000;
const dayMs = 86_400_000;
const megabyte = 1024 * 1024;

/** Which alarms the facts give cause for. `isOpen`: whether an alarm has started and not ended yet. Pure. */
export function causesOf(
  facts: AlarmFacts,
  settings: Settings,
  timeZone: string,
  isOpen: (code: Cause['code'], subject: string) => boolean,
): Cause[] {
  const clock = (at: number) => showLocal(at, timeZone).slice(0, 16);
  return [
    ...inventoryCauses(facts, clock),
    ...snapshotCauses(facts, settings),
    ...facts.postings.flatMap((postings) => postingCauses(postings, facts.now, settings, isOpen)),
    ...silenceCauses(facts, settings, clock),
    ...machineCauses(facts, settings, clock),
  ];
}

function inventoryCauses({ inventory, refusedFiles }: AlarmFacts, clock: (at: number) => string): Cause[] {
  const { deadline, from, lastReceivedAt } = inventory;
  const causes: Cause[] = refusedFiles.map(({ name, feed, reason }) => ({
    code: 'file-refused',
    subject: name,
    message: `${name} (${feed}) was refused: ${reason}. Its .reason.txt is beside it in "rejected".`,
  }));
  if (lastReceivedAt === undefined || lastReceivedAt <= from) {
    const message = `No inventory file came by the deadline of ${clock(deadline)}: the next reset has nothing to apply.`;
    causes.push({ code: 'inventory-late', subject: '', message });
  }
  return causes;
}

function snapshotCauses({ snapshots, inventory, now }: AlarmFacts, settings: Settings): Cause[] {
  return snapshots.flatMap(({ id, file, state, reason, receivedAt, problem }): Cause[] => {
    const subject = String(id);
    if (state === 'held') {
      const message = `Snapshot ${id} of ${file} is held (${reason}): "flagship snapshots release ${id}" or "… discard ${id}".`;
      return [{ code: 'snapshot-held', subject, message }];
    }
    if (state === 'unconfirmed') {
      const message = `Nobody knows whether the OMS applied snapshot ${id} of ${file}: "flagship snapshots applied ${id}".`;
      return [{ code: 'snapshot-unconfirmed', subject, message }];
    }
    const isLate =
      now - receivedAt >= settings.undeliveredMinutes * minuteMs || receivedAt <= inventory.deadline;
    if (!isLate || now - receivedAt < Math.min(settings.undeliveredMinutes, 1) * minuteMs) return [];
    const message = `Snapshot ${id} of ${file} is not delivered${problem ? ` (${problem})` : ''}. It is tried again.`;
    return [{ code: 'snapshot-undelivered', subject, message }];
  });
}

function postingCauses(
  postings: AlarmFacts['postings'][number],
  now: number,
  { backlogMinutes, doubtMinutes }: Settings,
  isOpen: (code: Cause['code'], subject: string) => boolean,
): Cause[] {
  const { destination: subject, name, oldestDueAt, dueSince, doubts, oldestDoubtAt, refused } = postings;
  const causes: Cause[] = [];
  // A file may bring old sales that are gone in seconds; and after a restart, what was late still is.
  const waits = (since: number | undefined) =>
    since !== undefined && now - since >= backlogMinutes * minuteMs;
  if (waits(oldestDueAt) && (waits(dueSince) || isOpen('postings-late', subject))) {
    const message = `${name} has not been told of movements for ${minutesOf(now - (oldestDueAt ?? now))}.`;
    causes.push({ code: 'postings-late', subject, message });
  }
  if (oldestDoubtAt !== undefined && now - oldestDoubtAt >= doubtMinutes * minuteMs) {
    const message = `Nobody can say whether ${doubts} postings arrived at ${name}, the oldest for ${minutesOf(now - oldestDoubtAt)}: "flagship postings --state in-doubt".`;
    causes.push({ code: 'postings-in-doubt', subject, message });
  }
  if (refused > 0) {
    const message = `${name} refused ${refused} postings: "flagship postings --state refused".`;
    causes.push({ code: 'postings-refused', subject, message });
  }
  return causes;
}

function silenceCauses(
  { now, openStores, smaregi }: AlarmFacts,
  { noSalesMinutes }: Settings,
  clock: (at: number) => string,
): Cause[] {
  const unread: Cause[] = [];
  if (smaregi && now - smaregi.unreadSince >= smaregi.limitMs) {
    const message = `Smaregi has not been read since ${clock(smaregi.unreadSince)}: what it records does not reach the OMS.`;
    unread.push({ code: 'smaregi-unread', subject: '', message });
  }
  const silent = openStores
    .filter(
      ({ openSince, lastSaleAt = 0 }) => now - Math.max(openSince, lastSaleAt) >= noSalesMinutes * minuteMs,
    )
    .map(({ storeId, name, openSince, lastSaleAt = 0 }) => {
      const since =
        lastSaleAt > openSince ? `after ${clock(lastSaleAt)}` : `since it opened at ${clock(openSince)}`;
      const message = `No sale of ${name} is known ${since}.`;
      return { code: 'no-sales' as const, subject: storeId, message };
    });
  return [...unread, ...silent];
}

function machineCauses(facts: AlarmFacts, settings: Settings, clock: (at: number) => string): Cause[] {
  const { now, tokenEndsAt, freeBytes, clockDifferenceMs, drift } = facts;
  const causes: Cause[] = [];
  const add = (code: Cause['code'], message: string) => causes.push({ code, subject: '', message });
  if (tokenEndsAt !== undefined && tokenEndsAt - now <= settings.tokenDays * dayMs) {
    add(
      'token-ending',
      `The token of the OMS ${tokenEndsAt > now ? 'ends' : 'ended'} at ${clock(tokenEndsAt)}.`,
    );
  }
  if (freeBytes < settings.diskMegabytes * megabyte) {
    add('disk-low', `Only ${Math.floor(freeBytes / megabyte)} MB are left on the disk of dataDir.`);
  }
  if (clockDifferenceMs !== undefined && Math.abs(clockDifferenceMs) > settings.clockSeconds * 1000) {
    const seconds = Math.round(Math.abs(clockDifferenceMs) / 1000);
    const way = clockDifferenceMs > 0 ? 'ahead of' : 'behind';
    add('clock-off', `The OMS's clock is ${seconds} s ${way} ours: one of the two is wrong.`);
  }
  if (drift && drift.lost + drift.doubled > 0) {
    const { lost, doubled } = drift;
    add(
      'levels-differ',
      `${lost} levels of the OMS lack a posting, ${doubled} have one twice: "flagship reconcile".`,
    );
  }
  return causes;
}

function minutesOf(ms: number): string {
  const minutes = Math.floor(ms / minuteMs);
  return minutes < 120 ? `${minutes} minutes` : `${Math.floor(minutes / 60)} hours`;
}
