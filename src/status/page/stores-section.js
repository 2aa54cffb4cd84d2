import { h } from './element.js';
import { figure } from './format.js';
import { ago, mark } from './truth-section.js';
import { words } from './words.js';

/** @typedef {import('../status.ts').Status} Status */
/** @typedef {Status['stores'][number]} Store */

/** What is open for each store, the most behind first. @param {Status} status */
export function storesSection({ stores, deltas, at }) {
  const w = words();
  const isPart = stores.reduce((sum, { due }) => sum + due, 0) < deltas.due;
  const heads = [w.store, w.state, w.oldest, w.due, w.held, w.inDoubt, w.refused];
  return h(
    'section',
    { 'data-key': 'stores', id: 'stores', 'aria-labelledby': 'stores-title' },
    h('h2', { id: 'stores-title' }, w.stores),
    isPart ? h('p.quiet', {}, w.oldestPart) : null,
    h(
      'table.stores',
      {},
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          heads.map((head, index) => h(index > 2 ? 'th.number' : 'th', { scope: 'col' }, head)),
        ),
      ),
      h(
        'tbody',
        {},
        stores.map((store) => row(store, at, heads)),
      ),
    ),
  );
}

/** @param {Store} store @param {string} now @param {string[]} heads */
function row(store, now, heads) {
  const w = words();
  const level = levelOf(store);
  const counts = [store.due, store.held, store.inDoubt, store.refused];
  return h(
    `tr.${level}`,
    { 'data-key': `${store.destination} ${store.storeId}` },
    h(
      'th',
      { scope: 'row' },
      store.name,
      store.destination === 'smaregi' ? h('span.quiet', {}, ` ${w.toSmaregi}`) : null,
    ),
    h('td', { 'data-head': heads[1] }, h('span.state', {}, mark(level), w.storeStates[level])),
    h(
      'td',
      { 'data-head': heads[2] },
      store.oldestUnpostedAt === null ? w.nothing : ago(store.oldestUnpostedAt, now),
    ),
    counts.map((count, index) =>
      h(count === 0 ? 'td.number.zero' : 'td.number', { 'data-head': heads[index + 3] }, figure(count)),
    ),
  );
}

/** @param {Store} store @returns {'attention' | 'waiting' | 'ok'} */
function levelOf({ inDoubt, refused, due, held }) {
  if (inDoubt + refused > 0) return 'attention';
  return due + held > 0 ? 'waiting' : 'ok';
}
