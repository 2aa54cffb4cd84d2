import type { Alarm } from '../ledger/alarm-records.ts';
import type { Finding } from './finding.ts';

/** Alarms about what the rest of the status does not look at; the others it tells in its own words, and sooner. */
const told: Record<string, { ja: string; section: Finding['section'] }> = {
  'inventory-late': { ja: '期限までに在庫ファイルが届いていません', section: 'snapshot' },
  'no-sales': { ja: '営業時間中に販売が届いていない店舗があります', section: 'stores' },
  'smaregi-unread': { ja: 'スマレジを読み取れていません', section: null },
  'token-ending': { ja: 'OMSのトークンの期限が近づいています', section: null },
  'disk-low': { ja: 'ディスクの空きが少なくなっています', section: null },
  'clock-off': { ja: '時計がOMSとずれています', section: null },
  'levels-differ': { ja: 'OMSの在庫が記録と一致しません', section: 'levels' },
};

/** What alarms that are on say. Pure. */
export function alarmFindings(alarms: readonly Alarm[]): Finding[] {
  return alarms.flatMap(({ code, message }) => {
    const known = told[code];
    if (!known) return [];
    return [
      {
        code,
        level: 'attention' as const,
        section: known.section,
        text: { en: message, ja: `${known.ja}（${message}）。` },
        advice: {
          en: `What to do stands in docs/operations.md under "${code}".`,
          ja: `対処は docs/operations.md の「${code}」を参照してください。`,
        },
      },
    ];
  });
}
