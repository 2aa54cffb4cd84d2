import { backlogFindings } from './backlog-findings.ts';
import type { Finding } from './finding.ts';
import type { Situation, StoreStanding } from './situation.ts';
import { mostBehind, total } from './store-totals.ts';
import { grouped, plural } from './wording.ts';

/** What is wrong with sales and their like, or on its way; most urgent first. Pure. */
export function deltaFindings(situation: Situation): Finding[] {
  const toOms = situation.stores.filter(({ destination }) => destination === 'hotwax');
  const toSmaregi = situation.stores.filter(({ destination }) => destination === 'smaregi');
  return [
    ...backlogFindings(toOms, situation),
    ...refusals(toOms, situation),
    ...doubts(toOms),
    ...packedOrders(toSmaregi),
  ];
}

function refusals(stores: readonly StoreStanding[], { now }: Situation): Finding[] {
  const products = total(stores, 'refusedProducts');
  if (products === 0) return [];
  const [who, whoJa, behind] = mostBehind(stores, now, 'refused');
  return [
    {
      code: 'postings-refused',
      level: 'attention',
      section: 'refusals',
      text: {
        en: `${who} ${behind.en} behind: the OMS refuses ${plural(products, 'product')}.`,
        ja: `${whoJa}${behind.ja}遅れています：OMSが${grouped(products)}商品を拒否しています。`,
      },
      advice: {
        en: 'See what the OMS says below, mend the cause, then replay; write off what needs no posting.',
        ja: '下のOMSの回答を確認し、原因を直してから再送してください。不要なものは対象外にできます。',
      },
    },
  ];
}

function doubts(stores: readonly StoreStanding[]): Finding[] {
  const inDoubt = total(stores, 'inDoubt');
  if (inDoubt === 0) return [];
  const concerned = stores.filter((store) => store.inDoubt > 0);
  const first = concerned.toSorted((a, b) => (a.oldest.inDoubt ?? 0) - (b.oldest.inDoubt ?? 0))[0];
  const more = concerned.length - 1;
  const others = more > 0 ? ` and ${plural(more, 'more store')}` : '';
  return [
    {
      code: 'postings-in-doubt',
      level: 'attention',
      section: 'doubts',
      text: {
        en: `${first?.name}${others}: nobody can say whether ${plural(inDoubt, 'delta')} reached the OMS.`,
        ja: `${first?.name}${more > 0 ? `ほか${more}店` : ''}：${grouped(inDoubt)}件の差分がOMSに届いたか不明です。`,
      },
      advice: {
        en: 'Look into the OMS, then settle each below. The next reset settles what is left.',
        ja: 'OMSを確認し、下で1件ずつ確定してください。残りは次のリセットで解消します。',
      },
    },
  ];
}

function packedOrders(stores: readonly StoreStanding[]): Finding[] {
  const refused = total(stores, 'refused');
  const inDoubt = total(stores, 'inDoubt');
  if (refused + inDoubt === 0) return [];
  return [
    {
      code: 'packed-orders-open',
      level: 'attention',
      section: refused > 0 ? 'refusals' : 'doubts',
      text: {
        en: `Smaregi refuses ${plural(refused, 'packed item')}, and ${plural(inDoubt, 'more is', 'more are')} in doubt.`,
        ja: `梱包済み商品のスマレジ反映：拒否${grouped(refused)}件、不明${grouped(inDoubt)}件。`,
      },
      advice: {
        en: "See what Smaregi says below and look at the store's stock there, then replay or settle.",
        ja: '下のスマレジの回答と店舗在庫を確認し、再送または確定してください。',
      },
    },
  ];
}
