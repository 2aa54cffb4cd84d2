import type { Destination } from '../ledger/need.ts';
import type { ExpectedLevel } from '../ledger/row-level.ts';
import type { Bilingual } from './bilingual.ts';
import { destinationNames, signed } from './story-text.ts';

/** What a conclusion is drawn from. */
export interface StoryFigures {
  postings: readonly { destination: Destination; quantity: number }[];
  open: readonly { id: number; destination: Destination; state: string }[];
  /** null: no reset of the row is known. */
  base: object | null;
  /** null: nobody looked which reset counts. */
  level: ExpectedLevel | null;
}

/** What a story comes to, a sentence or two a line: what was told, and the level that the OMS should hold. */
export function conclusionOf(story: StoryFigures): Bilingual[] {
  return [...sums(story), ...levelLine(story)];
}

/** For each destination that has a part in it. */
function sums({ postings, open }: StoryFigures): Bilingual[] {
  return (['hotwax', 'smaregi'] as const).flatMap((destination) => {
    const its = postings.filter((posting) => posting.destination === destination);
    if (its.length === 0) return [];
    const { en, ja } = destinationNames[destination];
    const sum = signed(its.reduce((total, { quantity }) => total + quantity, 0));
    const left = open.filter((posting) => posting.destination === destination);
    const list = left.map(({ id, state }) => `${id} (${state})`).join(', ');
    return [
      {
        en: `${its.length} movements, together ${sum}. ${list === '' ? `All of them are in ${en}.` : `Not in ${en} yet: ${list}.`}`,
        ja: `変動${its.length}件、合計${sum}。${list === '' ? `すべて${ja}に反映済み。` : `${ja}未反映：${list}`}`,
      },
    ];
  });
}

function levelLine({ base, level }: StoryFigures): Bilingual[] {
  if (!level) return [];
  const { now, target, inDoubt } = level;
  const list = inDoubt.join(', ');
  const doubt =
    inDoubt.length === 0
      ? { en: '', ja: '' }
      : {
          en: ` Posting ${list} is in doubt and may count besides.`,
          ja: `差分${list}は結果不明で、含まれる可能性があります。`,
        };
  if (!base) {
    const change = signed(now);
    return [
      {
        en: `No reset of it is known: the OMS should hold what it held before, ${change} by what was told.${doubt.en}`,
        ja: `リセットの記録がありません。OMSの在庫は以前の値から${change}変化しているはずです。${doubt.ja}`,
      },
    ];
  }
  const soon =
    target === now
      ? { en: '', ja: '' }
      : { en: `, and ${target} when everything is told`, ja: `、すべて反映されると${target}` };
  return [
    {
      en: `The OMS should hold ${now} now${soon.en}.${doubt.en}`,
      ja: `OMSの在庫は現在${now}のはずです${soon.ja}。${doubt.ja}`,
    },
  ];
}
