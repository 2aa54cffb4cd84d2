import { alarmFindings } from './alarm-findings.ts';
import type { Bilingual } from './bilingual.ts';
import { deltaFindings } from './delta-findings.ts';
import type { Finding } from './finding.ts';
import type { Level, Situation } from './situation.ts';
import { snapshotFindings } from './snapshot-findings.ts';
import { clockTime } from './wording.ts';

export interface Verdict {
  level: Level;
  /** The most urgent truth, and when the next reset is. */
  sentence: Bilingual;
  /** All that is wrong or under way, most urgent first. */
  findings: Finding[];
}

/** This close to a reset, what keeps it from coming is worse than what is wrong with single products. */
const resetNearMs = 3 * 60 * 60_000;

/** What the situation means. Pure. */
export function judge(situation: Situation): Verdict {
  const ofReset = snapshotFindings(situation);
  const ofDeltas = deltaFindings(situation);
  const resetIsNear = situation.nextReset - situation.now < resetNearMs;
  const looked = resetIsNear ? [...ofReset, ...ofDeltas] : [...ofDeltas, ...ofReset];
  const isMissing = looked.some(({ code }) => code === 'snapshot-missing');
  // Both say that the file of the day did not come.
  const alarms = alarmFindings(situation.alarms).filter(
    ({ code }) => !(isMissing && code === 'inventory-late'),
  );
  const all = [...looked, ...alarms];
  const findings = [...inLevel(all, 'attention'), ...inLevel(all, 'waiting')];
  const [first] = findings;
  const next = clockTime(situation.nextReset, situation.nextReset, situation.timeZone);
  const truth = first?.text ?? allIsWell(situation);
  return {
    level: first?.level ?? 'ok',
    sentence: {
      en: `${truth.en} Next reset ${next}.`,
      ja: `${truth.ja}次のリセットは${next}です。`,
    },
    findings,
  };
}

function inLevel(findings: readonly Finding[], level: Finding['level']): Finding[] {
  return findings.filter((finding) => finding.level === level);
}

function allIsWell({ now, timeZone, newestAt, delivered, stores }: Situation): Bilingual {
  if (newestAt !== undefined) {
    const oldestOpen = Math.min(...stores.map(({ oldestAt }) => oldestAt));
    const until = clockTime(Math.min(newestAt, oldestOpen), now, timeZone);
    return {
      en: `Everything sold until ${until} is in the OMS.`,
      ja: `${until}までの販売はすべてOMSに反映されています。`,
    };
  }
  if (delivered?.deliveredAt) {
    const taken = clockTime(delivered.takenAt, now, timeZone);
    const at = clockTime(delivered.deliveredAt, now, timeZone);
    return {
      en: `The snapshot of ${taken} was delivered at ${at}.`,
      ja: `${taken}時点の在庫データは${at}に配信されました。`,
    };
  }
  return { en: 'Nothing came in yet.', ja: 'まだ何も届いていません。' };
}
