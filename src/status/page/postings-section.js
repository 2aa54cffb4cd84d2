import { actionButton, commandLine } from './action-button.js';
import { h } from './element.js';
import { clock, figure, since } from './format.js';
import { said, words } from './words.js';

/** @typedef {import('../status.ts').Status} Status */
/** @typedef {Status['doubts'][number]} Posting */

const kinds = /** @type {const} */ ({
  doubts: { actions: ['settle-applied', 'settle-not-applied'], help: 'doubtsHelp' },
  refusals: { actions: ['replay', 'write-off'], help: 'refusalsHelp' },
});

/**
 * The doubts or the refusals, each with its story and what can be done about it; nothing when there is none.
 *
 * @param {'doubts' | 'refusals'} kind
 * @param {Posting[]} postings
 * @param {{ all: number, now: string, actions: boolean }} context
 */
export function postingsSection(kind, postings, { all, now, actions }) {
  if (postings.length === 0) return null;
  const w = words();
  const { help } = kinds[kind];
  return h(
    'section',
    { 'data-key': kind, id: kind, 'aria-labelledby': `${kind}-title`, tabindex: -1 },
    h('h2', { id: `${kind}-title` }, `${w[kind]} `, h('span.count', {}, figure(all))),
    h('p.quiet', {}, w[help]),
    all > postings.length ? h('p.quiet', {}, w.shown(figure(postings.length), figure(all))) : null,
    actions ? null : commandLine(...commands(kind)),
    actions && postings.length > 1 ? bulk(kind, postings.length) : null,
    h(
      'ul.postings',
      {},
      postings.map((posting) => item(kind, posting, now, actions && postings.length > 1, actions)),
    ),
  );
}

/** @param {'doubts' | 'refusals'} kind @param {number} count */
function bulk(kind, count) {
  return h(
    'div.bulk',
    { 'data-key': 'bulk' },
    h(
      'label',
      {},
      h('input', { type: 'checkbox', 'data-select-all': kind }),
      ` ${words().selectAll(figure(count))}`,
    ),
    h(
      'p.buttons',
      { 'data-key': 'bulk-buttons' },
      kinds[kind].actions.map((action) =>
        h(
          'button',
          { type: 'button', 'data-action': action, 'data-selected': kind, 'data-key': action },
          words().actions[action],
        ),
      ),
    ),
  );
}

/** @param {'doubts' | 'refusals'} kind @param {Posting} posting @param {string} now @param {boolean} selectable @param {boolean} actions */
function item(kind, posting, now, selectable, actions) {
  const w = words();
  const { id, store, productCode, recordedAt, sentAt, note, replays } = posting;
  const name = `${store} · ${productCode}`;
  const facts = [
    said(posting.change),
    `${w.recorded(clock(recordedAt))} (${w.behind(since(recordedAt, now))})`,
    sentAt === null ? '' : w.sent(clock(sentAt)),
    replays > 0 ? w.replayed(replays) : '',
    posting.destination === 'smaregi' ? w.toSmaregi : '',
  ];
  return h(
    'li',
    { 'data-key': String(id) },
    h(
      'div.posting',
      {},
      selectable
        ? h('input', { type: 'checkbox', 'data-id': id, 'data-of': kind, 'aria-label': w.select(name) })
        : null,
      h(
        'div.about',
        {},
        h('p', {}, h('strong', {}, name), h('span.quiet', {}, `  ${id}`)),
        h('p.quiet', {}, facts.filter(Boolean).join(' · ')),
        note ? h('p.words', {}, note) : null,
      ),
      actions
        ? h(
            'p.buttons',
            {},
            kinds[kind].actions.map((action) => actionButton(action, [id])),
          )
        : null,
    ),
    h(
      'details',
      { 'data-store': posting.storeId, 'data-product': productCode, 'data-key': 'story' },
      h('summary', {}, w.story, h('span.aside', {}, ` ${name}`)),
      h('div', { 'data-own': true }, h('p.quiet', {}, w.loading)),
    ),
  );
}

/** @param {'doubts' | 'refusals'} kind */
function commands(kind) {
  return kind === 'doubts'
    ? ['flagship settle ID --applied yes --reason "…"', 'flagship settle ID --applied no --reason "…"']
    : ['flagship replay ID --reason "…"', 'flagship write-off ID --reason "…"'];
}
