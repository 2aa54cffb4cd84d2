import type { Bilingual } from './bilingual.ts';
import type { StoreStanding } from './situation.ts';
import { plural, span } from './wording.ts';

/** The sum over stores. */
export function total(
  stores: readonly StoreStanding[],
  what: 'due' | 'held' | 'inDoubt' | 'refused' | 'refusedProducts',
): number {
  return stores.reduce((sum, store) => sum + store[what], 0);
}

/** When the oldest of it was recorded, over all stores; infinity: there is none. */
export function oldestOf(stores: readonly StoreStanding[], what: keyof StoreStanding['oldest']): number {
  return Math.min(...stores.map(({ oldest }) => oldest[what] ?? Number.POSITIVE_INFINITY));
}

/** Who is behind and by how much: `Harajuku is`, `Harajuku and 3 more stores are up to`. */
export function mostBehind(
  stores: readonly StoreStanding[],
  now: number,
  what: keyof StoreStanding['oldest'],
): [who: string, whoJa: string, behind: Bilingual] {
  const behind = stores
    .flatMap((store) => {
      const at = store.oldest[what];
      return at === undefined ? [] : [{ name: store.name, at }];
    })
    .sort((a, b) => a.at - b.at);
  const [first, ...others] = behind;
  const more = others.length;
  return [
    more > 0 ? `${first?.name} and ${plural(more, 'more store')} are up to` : `${first?.name} is`,
    more > 0 ? `${first?.name}ほか${more}店が最大` : `${first?.name}が`,
    span(now - (first?.at ?? now)),
  ];
}
