import type { Bilingual } from './bilingual.ts';
import type { Finding } from './finding.ts';
import type { Situation, StoreStanding } from './situation.ts';
import { mostBehind, oldestOf, total } from './store-totals.ts';
import { clockTime, grouped, plural } from './wording.ts';

/** Sooner than this, a backlog is a file that just came; nobody need look. */
const onItsWayMs = 2 * 60_000;
/** A backlog from which nothing went out for this long does not drain by itself. */
const stuckMs = 5 * 60_000;
/** A try that fails is repeated within seconds; this long is no hiccup. */
const failingMs = 60_000;

const nothingToDo: Bilingual = { en: '', ja: '' };

/** What waits to go out by itself: not going out, held back for a reset, or on its way. Pure. */
export function backlogFindings(stores: readonly StoreStanding[], situation: Situation): Finding[] {
  return [...stuckBacklog(stores, situation), ...held(stores, situation), ...backlog(stores, situation)];
}

/** A file brings sales that are old already: what counts is how long they have been waiting here. */
function isStuck(stores: readonly StoreStanding[], situation: Situation): boolean {
  const { now, lastCall, posting, backlogSince } = situation;
  if (now - oldestOf(stores, 'due') < stuckMs) return false;
  const waitingMs = backlogSince === undefined ? undefined : now - backlogSince;
  if (!posting) return true;
  if (lastCall?.outcome === 'not-applied') return waitingMs === undefined || waitingMs > failingMs;
  const quietMs = now - (lastCall?.sentAt ?? 0);
  return waitingMs !== undefined && waitingMs > stuckMs && quietMs > stuckMs;
}

function stuckBacklog(stores: readonly StoreStanding[], situation: Situation): Finding[] {
  if (!isStuck(stores, situation)) return [];
  const { now, posting, lastCall, due } = situation;
  const [who, whoJa, behind] = mostBehind(stores, now, 'due');
  const note = lastCall?.outcome === 'not-applied' && lastCall.note ? ` (${lastCall.note})` : '';
  const why = posting
    ? { en: `the OMS takes nothing${note}`, ja: `OMSが受け付けていません${note}` }
    : { en: 'no OMS is configured', ja: 'OMSが設定されていません' };
  return [
    {
      code: 'backlog-stuck',
      level: 'attention',
      section: 'deltas',
      text: {
        en: `${who} ${behind.en} behind: ${why.en}; ${plural(due, 'delta')} wait.`,
        ja: `${whoJa}${behind.ja}遅れています：${why.ja}。${grouped(due)}件が待機中です。`,
      },
      advice: {
        en: 'Nothing is lost: it goes out by itself once the OMS answers. Is the OMS up, is the token right? "flagship check" tries both.',
        ja: '失われるものはなく、OMSが応答すれば自動で送信されます。「flagship check」でOMSとトークンを確認してください。',
      },
    },
  ];
}

function held(stores: readonly StoreStanding[], { now, timeZone }: Situation): Finding[] {
  const waiting = total(stores, 'held');
  if (waiting === 0) return [];
  const since = clockTime(oldestOf(stores, 'held'), now, timeZone);
  return [
    {
      code: 'postings-held',
      level: 'waiting',
      section: 'deltas',
      text: {
        en: `${plural(waiting, 'delta')} since ${since} wait for the OMS to apply the reset.`,
        ja: `${since}以降の${grouped(waiting)}件はリセットの適用を待っています。`,
      },
      advice: nothingToDo,
    },
  ];
}

function backlog(stores: readonly StoreStanding[], situation: Situation): Finding[] {
  const { now, timeZone, minutesToDrain, due } = situation;
  const oldest = oldestOf(stores, 'due');
  if (now - oldest < onItsWayMs || isStuck(stores, situation)) return [];
  const left = minutesToDrain === undefined ? undefined : Math.max(1, Math.ceil(minutesToDrain));
  return [
    {
      code: 'backlog',
      level: 'waiting',
      section: 'deltas',
      text: {
        en: `${plural(due, 'delta is', 'deltas are')} on the way to the OMS, the oldest from ${clockTime(oldest, now, timeZone)}${left ? `; about ${plural(left, 'minute')} to go` : ''}.`,
        ja: `${grouped(due)}件をOMSへ送信中です（最古は${clockTime(oldest, now, timeZone)}）${left ? `。残り約${left}分` : ''}。`,
      },
      advice: nothingToDo,
    },
  ];
}
