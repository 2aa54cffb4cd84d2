import { h } from './element.js';
import { clock, clockSeconds, since } from './format.js';
import { said, words } from './words.js';

/** @typedef {import('../status.ts').Status} Status */

/** Shapes differ as much as colours do. */
const marks = {
  ok: 'M4 12.5l5 5L20 6.5',
  waiting: 'M12 6v6l4 3',
  attention: 'M12 6v8M12 17.5v.5',
  old: 'M6 12h12',
};

/** @param {keyof typeof marks} level */
export function mark(level) {
  const frame =
    level === 'attention'
      ? h('path.frame', { d: 'M12 2L23 21H1z' })
      : h('circle.frame', { cx: 12, cy: 12, r: 11 });
  return h(
    `svg.mark.${level}`,
    { viewBox: '0 0 24 24', 'aria-hidden': 'true' },
    frame,
    h('path.sign', { d: marks[level] }),
  );
}

/**
 * The one sentence, and what to do about it. `cut`: nothing is heard from the server any more.
 * @param {Status} status @param {boolean} cut
 */
export function truth(status, cut) {
  const w = words();
  const level = cut ? 'old' : status.level;
  const [first] = status.findings;
  return h(
    `section.truth.${level}`,
    { 'data-key': 'truth', id: 'truth' },
    h('div.badge', {}, mark(level), h('span', {}, w.levels[level])),
    h('h1.sentence', { id: 'sentence', 'aria-live': 'polite' }, said(status.sentences)),
    first && said(first.advice) ? h('p.advice', {}, said(first.advice), ' ', showLink(first.section)) : null,
    h('p.quiet', { id: 'as-of' }, cut ? w.cut(clockSeconds(status.at)) : w.asOf(clockSeconds(status.at))),
  );
}

/** What else is wrong or under way, with what to do. @param {Status} status */
export function otherFindings(status) {
  const others = status.findings.slice(1);
  if (others.length === 0) return null;
  const w = words();
  return h(
    'section',
    { 'data-key': 'findings', 'aria-labelledby': 'findings-title' },
    h('h2', { id: 'findings-title' }, w.todo),
    h(
      'ol.findings',
      {},
      others.map(({ code, level, text, advice, section }, index) =>
        h(
          `li.${level}`,
          { 'data-key': `${code} ${index}` },
          mark(level),
          h('div', {}, h('p.finding', {}, said(text)), said(advice) ? h('p.quiet', {}, said(advice)) : null),
          showLink(section),
        ),
      ),
    ),
  );
}

/** @param {Status['findings'][number]['section']} section */
function showLink(section) {
  if (section === null) return null;
  return h('a.show', { href: `#${section}` }, `${words().show} ${sectionName(section)}`);
}

/** @param {NonNullable<Status['findings'][number]['section']>} section */
function sectionName(section) {
  const w = words();
  return {
    snapshot: w.snapshot,
    deltas: w.deltas,
    doubts: w.doubts,
    refusals: w.refusals,
    stores: w.stores,
    levels: w.levelsTitle,
    files: w.files,
  }[section];
}

/** @param {string | null} iso @param {string} now */
export function ago(iso, now) {
  if (iso === null) return words().none;
  return `${clock(iso)} (${words().behind(since(iso, now))})`;
}
