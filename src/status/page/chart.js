import { h } from './element.js';
import { clock, figure } from './format.js';
import { words } from './words.js';

// Two small charts over one axis of time, drawn by hand: bars of what was posted (and, hatched above, refused), and
// an area of what waits. The page needs nothing more of a chart, so it needs no library.

const size = { bars: 120, gap: 26, area: 48, left: 44, bottom: 20 };
/** What a time under the axis takes, and what it needs to stand alone. */
const timeWidth = 32;
const hourWidth = 64;

/** In pixels; the last one drawn, since a pointer is told in parts of it. */
let width = 720;
const minuteMs = 60_000;

/** The minute that a person reads, as its beginning; it stays when the chart moves on. @type {number | undefined} */
let readAt;

/** @typedef {NonNullable<import('../status.ts').Status['deltas']['series']>} Series */

/** @param {Series} series @param {{ limit: number | null, width: number }} options `width` in pixels */
export function chart(series, options) {
  const { limit } = options;
  width = options.width;
  const { posted, refused, due } = series;
  const from = Date.parse(series.from);
  const w = words();
  const all = posted.map((count, index) => count + refused[index]);
  const top = niceTop(Math.max(4, ...all));
  const topDue = niceTop(Math.max(4, ...due.map((count) => count ?? 0)));
  const most = all.indexOf(Math.max(...all));
  const summary = w.chartSummary(figure(all[most]), clockAt(from, most), figure(all.at(-2) ?? 0));
  const step = (width - size.left) / posted.length;
  const x = (/** @type {number} */ index) => size.left + index * step;
  const areaTop = size.bars + size.gap;
  const height = areaTop + size.area + size.bottom;
  const index = readIndex(series);
  return h(
    'div.chart',
    { 'data-key': 'chart' },
    h(
      'p.chart-title',
      {},
      w.perMinuteTitle,
      limit ? h('span.quiet', {}, ` · ${w.limit(figure(limit))}`) : null,
    ),
    h(
      'svg',
      {
        viewBox: `0 0 ${width} ${height}`,
        role: 'img',
        tabindex: 0,
        'aria-label': summary,
        id: 'chart',
      },
      scale(0, size.bars, top),
      h('g.bars', {}, ...posted.map((count, at) => bar('posted', x(at), step, 0, count, top))),
      h('g.bars', {}, ...refused.map((count, at) => bar('refused', x(at), step, posted[at], count, top))),
      scale(areaTop, size.area, topDue),
      h('text.axis', { x: size.left, y: areaTop - 8 }, w.backlogTitle),
      h('path.due', { d: areaPath(due, x, step, areaTop, topDue) }),
      hours(from, posted.length, x, height),
      index === undefined
        ? null
        : h('line.cursor', {
            x1: x(index) + step / 2,
            x2: x(index) + step / 2,
            y1: 0,
            y2: areaTop + size.area,
          }),
    ),
    h('p.reading', { 'aria-live': 'polite' }, index === undefined ? w.chartHelp : reading(series, index)),
  );
}

/** @param {Series} series @param {number} index */
function reading({ posted, refused, due, from }, index) {
  const at = clockAt(Date.parse(from), index);
  const waiting = due[index];
  return words().reading(
    at,
    figure(posted[index]),
    refused[index],
    waiting === null ? null : figure(waiting),
  );
}

/** @param {string} kind @param {number} x @param {number} step @param {number} below @param {number} count @param {number} top */
function bar(kind, x, step, below, count, top) {
  if (count === 0) return null;
  const height = Math.max(1, (count / top) * size.bars);
  const y = size.bars - (below / top) * size.bars - height;
  return h(`rect.${kind}`, {
    x: x.toFixed(1),
    y: y.toFixed(1),
    width: Math.max(1, step - 0.8).toFixed(1),
    height: height.toFixed(1),
  });
}

/** A line at the top and at the foot, with their values. @param {number} y @param {number} height @param {number} top */
function scale(y, height, top) {
  return h(
    'g',
    {},
    h('line.grid', { x1: size.left, x2: width, y1: y + 0.5, y2: y + 0.5 }),
    h('line.foot', { x1: size.left, x2: width, y1: y + height, y2: y + height }),
    h('text.axis.end', { x: size.left - 6, y: y + 10 }, figure(top)),
    h('text.axis.end', { x: size.left - 6, y: y + height }, '0'),
  );
}

/** Minutes in which nobody looked leave a gap. @param {(number | null)[]} due @param {(index: number) => number} x @param {number} step @param {number} y @param {number} top */
function areaPath(due, x, step, y, top) {
  const foot = y + size.area;
  return due
    .map((count, index) => {
      if (count === null) return '';
      const height = foot - (count / top) * size.area;
      return `M${x(index).toFixed(1)} ${foot}V${height.toFixed(1)}H${(x(index) + step).toFixed(1)}V${foot}Z`;
    })
    .join('');
}

/** @param {number} from @param {number} count @param {(index: number) => number} x @param {number} height */
function hours(from, count, x, height) {
  const marks = [];
  const every = [30, 60].find((minutes) => (minutes * (width - size.left)) / count > hourWidth) ?? 90;
  for (let index = 0; index < count; index += 1) {
    const at = from + index * minuteMs;
    if (at % (every * minuteMs) !== 0) continue;
    marks.push(h('line.grid', { x1: x(index), x2: x(index), y1: 0, y2: height - size.bottom }));
    const atEdge = x(index) + timeWidth / 2 > width;
    marks.push(
      h(
        atEdge ? 'text.axis.end' : 'text.axis.mid',
        { x: atEdge ? width : x(index), y: height - 5 },
        clockAt(from, index),
      ),
    );
  }
  return h('g', {}, ...marks);
}

/** Moves the cursor by minutes. @param {Series} series @param {number} by @returns whether it moved */
export function moveCursor(series, by) {
  const index = readIndex(series) ?? (by < 0 ? series.posted.length : -1);
  return setCursor(series, index + by);
}

/** Reads the minute at a place between 0 and 1 of the whole width. @param {Series} series @param {number} part */
export function pointCursor(series, part) {
  const left = size.left / width;
  return setCursor(series, Math.floor(((part - left) / (1 - left)) * series.posted.length));
}

/** @param {Series} series @param {number} index */
function setCursor(series, index) {
  const within = Math.min(Math.max(index, 0), series.posted.length - 1);
  readAt = Date.parse(series.from) + within * minuteMs;
  return true;
}

/** @param {Series} series @returns {number | undefined} */
function readIndex(series) {
  if (readAt === undefined) return undefined;
  const index = Math.round((readAt - Date.parse(series.from)) / minuteMs);
  return index >= 0 && index < series.posted.length ? index : undefined;
}

/** @param {number} from @param {number} index */
function clockAt(from, index) {
  return clock(new Date(from + index * minuteMs).toISOString());
}

/** The next of 1, 2, 5 times a power of ten. @param {number} value */
function niceTop(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((factor) => factor * power).find((top) => top >= value) ?? value;
}
