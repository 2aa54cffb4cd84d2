import { h } from './element.js';
import { clock, figure } from './format.js';
import { words } from './words.js';

/** What the last comparison of the OMS's levels with ours found; nothing before the first. @param {import('../status.ts').Status} status */
export function levelsSection({ reconciliation: found }) {
  if (found === null) return null;
  const w = words();
  const classes = /** @type {const} */ (['equal', 'withinOpen', 'zeroed', 'lost', 'doubled', 'changed']);
  return h(
    'section',
    { 'data-key': 'levels', id: 'levels', 'aria-labelledby': 'levels-title', tabindex: -1 },
    h('h2', { id: 'levels-title' }, w.levelsTitle),
    h('p.quiet', {}, w.compared(clock(found.at), figure(found.levels), found.source)),
    h(
      'dl.figures',
      {},
      classes.map((name) =>
        h('div', {}, h('dt', {}, w.levelClasses[name]), h('dd', {}, figure(found[name]))),
      ),
    ),
    found.driftFile === null ? null : h('p.words', {}, w.driftFile(found.driftFile)),
  );
}
