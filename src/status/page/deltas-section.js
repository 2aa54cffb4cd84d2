import { chart } from './chart.js';
import { h } from './element.js';
import { clock, figure } from './format.js';
import { ago } from './truth-section.js';
import { words } from './words.js';

/** @typedef {import('../status.ts').Status} Status */

/** What stands beside the chart in its section, on both sides, in pixels. */
const frame = 72;

/** Pace, backlog, and how long it takes. @param {Status} status @param {number} room in pixels */
export function deltasSection({ deltas, at }, room) {
  const w = words();
  const figures = [
    [w.newest, deltas.newestAt === null ? w.none : clock(deltas.newestAt)],
    [w.oldest, ago(deltas.oldestUnpostedAt, at)],
    [w.backlog, figure(deltas.due) + (deltas.held > 0 ? ` + ${figure(deltas.held)} ${w.held}` : '')],
    [w.pace, figure(Math.round(deltas.perMinute))],
    [w.drain, deltas.minutesToDrain === null ? w.nothing : figure(Math.ceil(deltas.minutesToDrain))],
  ];
  return h(
    'section',
    { 'data-key': 'deltas', id: 'deltas', 'aria-labelledby': 'deltas-title', tabindex: -1 },
    h('h2', { id: 'deltas-title' }, w.deltas),
    h(
      'dl.figures',
      {},
      figures.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))),
    ),
    deltas.series
      ? chart(deltas.series, { limit: deltas.limitPerMinute, width: Math.max(280, room - frame) })
      : null,
  );
}
