import type { Bilingual } from './bilingual.ts';
import type { Finding } from './finding.ts';
import type { Situation } from './situation.ts';
import { clockTime } from './wording.ts';

const dayMs = 86_400_000;

/** What is wrong with the next reset, or on its way; most urgent first. Pure. */
export function snapshotFindings(situation: Situation): Finding[] {
  const { undelivered, held, unconfirmed } = situation;
  const failing = undelivered.filter((snapshot) => snapshot.problem);
  const onTheWay = undelivered.filter((snapshot) => !snapshot.problem);
  return [
    ...failing.map((snapshot) => notDelivered(snapshot, situation)),
    ...held.map((snapshot) => heldBack(snapshot)),
    ...unconfirmed.map((snapshot) => notConfirmed(snapshot, situation)),
    ...refusedFile(situation),
    ...onTheWay.map((snapshot) => beingDelivered(snapshot, situation)),
    ...missing(situation),
  ];
}

type Snapshot = Situation['held'][number];

function notDelivered(snapshot: Snapshot, { now, deadline, timeZone }: Situation): Finding {
  const taken = clockTime(snapshot.takenAt, now, timeZone);
  const why = `${snapshot.problem?.code}: ${snapshot.problem?.message}`;
  const late = now > deadline;
  return {
    code: 'snapshot-undelivered',
    level: 'attention',
    section: 'snapshot',
    text: {
      en: `The snapshot of ${taken} is not delivered (${why}).${late ? ' The deadline has passed.' : ''}`,
      ja: `${taken}時点の在庫データが配信できていません（${why}）。${late ? '期限を過ぎています。' : ''}`,
    },
    advice: {
      en: 'It is tried again by itself. Run "flagship check": it tries the destination and says what is wrong.',
      ja: '自動で再試行します。「flagship check」で配信先の問題を確認してください。',
    },
  };
}

const holds: Record<string, Bilingual> = {
  'too-many-rejected': { en: 'too many rows are rejected', ja: '除外行が多すぎます' },
  'store-missing': { en: 'a store is missing', ja: '店舗が欠けています' },
  'store-dropped': { en: "a store's stock collapsed", ja: '店舗の在庫が急減しています' },
  stale: { en: 'it is older than the last one', ja: '前回より古いデータです' },
};

function heldBack({ id, file, reason }: Snapshot): Finding {
  const why = holds[reason ?? ''] ?? { en: 'see its history', ja: '履歴を確認してください' };
  return {
    code: 'snapshot-held',
    level: 'attention',
    section: 'snapshot',
    text: {
      en: `Snapshot ${id} of ${file} is held, since ${why.en} (${reason}): release or discard it.`,
      ja: `在庫データ${id}（${file}）は保留中です：${why.ja}（${reason}）。解除か破棄が必要です。`,
    },
    advice: {
      en: 'Look at the file and its rejected rows. Right: release it. Wrong: discard it and drop a right one.',
      ja: 'ファイルと除外行を確認し、正しければ解除、誤りなら破棄して正しいファイルを入れてください。',
    },
  };
}

function notConfirmed({ id, deliveredAt }: Snapshot, { now, timeZone }: Situation): Finding {
  const at = deliveredAt === null ? '' : clockTime(deliveredAt, now, timeZone);
  return {
    code: 'snapshot-unconfirmed',
    level: 'attention',
    section: 'snapshot',
    text: {
      en: `Nobody knows whether the OMS applied snapshot ${id}, delivered at ${at}.`,
      ja: `${at}に配信した在庫データ${id}をOMSが適用したか確認できません。`,
    },
    advice: {
      en: 'Look into the OMS\'s import log, then "flagship snapshots applied ID --at TIME" or "--never".',
      ja: 'OMSの取込ログを確認し、「flagship snapshots applied ID --at 時刻」または「--never」で確定してください。',
    },
  };
}

function refusedFile({ refused }: Situation): Finding[] {
  const [file, ...others] = refused;
  if (!file) return [];
  const more = others.length;
  return [
    {
      code: 'file-refused',
      level: 'attention',
      section: 'files',
      text: {
        en: `${file.name} was refused (${file.reason})${more > 0 ? `, and ${more} more` : ''}.`,
        ja: `${file.name}は受け付けられませんでした（${file.reason}）${more > 0 ? `。ほか${more}件` : ''}。`,
      },
      advice: {
        en: `${file.message ?? ''} Correct the file and drop it again.`.trim(),
        ja: `${file.message ?? ''} ファイルを直して入れ直してください。`.trim(),
      },
    },
  ];
}

function beingDelivered({ takenAt }: Snapshot, { now, timeZone }: Situation): Finding {
  const taken = clockTime(takenAt, now, timeZone);
  return {
    code: 'snapshot-delivering',
    level: 'waiting',
    section: 'snapshot',
    text: {
      en: `The snapshot of ${taken} is being delivered.`,
      ja: `${taken}時点の在庫データを配信中です。`,
    },
    advice: { en: '', ja: '' },
  };
}

/** The day runs from reset to reset; what came before the last one is no snapshot for the next. */
function missing(situation: Situation): Finding[] {
  const { now, nextReset, deadline, timeZone, delivered, undelivered, held, refused, newestAt } = situation;
  const inTime = delivered?.deliveredAt && delivered.deliveredAt > nextReset - dayMs;
  if (inTime || undelivered.length + held.length + refused.length > 0) return [];
  const by = clockTime(deadline, deadline, timeZone);
  if (now > deadline) {
    return [
      {
        code: 'snapshot-missing',
        level: 'attention',
        section: 'snapshot',
        text: {
          en: `No snapshot came by the deadline of ${by}.`,
          ja: `期限の${by}までに在庫データが届いていません。`,
        },
        advice: {
          en: "Have Smaregi's inventory file dropped into inbox/inventory before the reset.",
          ja: 'リセット前にスマレジの在庫ファイルを inbox/inventory に入れてください。',
        },
      },
    ];
  }
  // With sales under way, the day's snapshot being still to come is as it should be.
  if (newestAt !== undefined) return [];
  return [
    {
      code: 'snapshot-awaited',
      level: 'waiting',
      section: 'snapshot',
      text: {
        en: `Waiting for the snapshot of the day, due by ${by}.`,
        ja: `本日の在庫データを待っています（期限${by}）。`,
      },
      advice: { en: '', ja: '' },
    },
  ];
}
