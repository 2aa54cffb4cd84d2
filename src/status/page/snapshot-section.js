import { actionButton, commandLine } from './action-button.js';
import { h } from './element.js';
import { clock, figure } from './format.js';
import { words } from './words.js';

/** @typedef {import('../status.ts').Status} Status */
/** @typedef {NonNullable<Status['snapshot']>} Timeline */

/** Of these a reason says more than the state. */
const kept = new Set(['held', 'discarded', 'superseded', 'unconfirmed']);

const glyphs = { done: '✓', now: '…', failed: '!', later: '', unseen: '✓' };

/** Today's snapshot as a timeline, and every other that waits for a person. @param {Status} status @param {boolean} actions */
export function snapshotSection(status, actions) {
  const w = words();
  const { snapshot } = status;
  const others = status.held.filter(({ id }) => id !== snapshot?.id);
  return h(
    'section',
    { 'data-key': 'snapshot', id: 'snapshot', 'aria-labelledby': 'snapshot-title', tabindex: -1 },
    h('h2', { id: 'snapshot-title' }, w.snapshot),
    snapshot ? timeline(snapshot, status) : h('p', {}, w.noSnapshot, ' ', w.deadline(clock(status.deadline))),
    snapshot?.state === 'held' ? decisions(snapshot, actions) : null,
    others.map((other) =>
      h('div.held', { 'data-key': `held-${other.id}` }, heading(other), decisions(other, actions)),
    ),
  );
}

/** @param {Status['held'][number]} snapshot */
function heading({ id, file, takenAt, state, reason }) {
  const w = words();
  return h(
    'p',
    {},
    h('strong', {}, `${id} · ${file}`),
    h(
      'span.quiet',
      {},
      ` · ${w.taken(clock(takenAt))} · ${stateName(state)}${reason && kept.has(state) ? ` (${reason})` : ''}`,
    ),
  );
}

/** @param {Timeline} snapshot @param {Status} status */
function timeline(snapshot, status) {
  const w = words();
  return h(
    'div',
    { 'data-key': `timeline-${snapshot.id}` },
    heading(snapshot),
    h(
      'ol.steps',
      {},
      snapshot.steps.map(({ step, at, state }) =>
        h(
          `li.${state}`,
          { 'data-key': step, 'aria-current': state === 'now' || state === 'failed' ? 'step' : null },
          h('span.dot', { 'aria-hidden': 'true' }, glyphs[state]),
          h('span.step', {}, w.steps[step]),
          h('span.when', {}, at === null ? w.stepStates[state] : clock(at)),
          h('span.quiet', {}, detail(step, snapshot, status)),
        ),
      ),
    ),
    snapshot.problem ? h('p.words', {}, `${snapshot.problem.code}: ${snapshot.problem.message}`) : null,
    snapshot.fileId !== null && snapshot.hasRejectedRows
      ? h('p', {}, rejectedLink(snapshot.fileId, snapshot.file, w.downloadRejected))
      : null,
  );
}

/** @param {string} step @param {Timeline} snapshot @param {Status} status */
function detail(step, snapshot, status) {
  const w = words();
  if (step === 'file') return w.rows(figure(snapshot.rows));
  if (step === 'converted') {
    const rejected = snapshot.rejected > 0 ? ` · ${w.rejectedRows(figure(snapshot.rejected))}` : '';
    return w.written(figure(snapshot.written), figure(snapshot.stores)) + rejected;
  }
  if (step === 'delivered' && snapshot.deliveredAt === null) return w.deadline(clock(status.deadline));
  if (step === 'applied' && snapshot.appliedAt === null) return w.appliesAt(clock(status.nextReset));
  return '';
}

/** @param {Status['held'][number]} snapshot @param {boolean} actions */
function decisions({ id, written }, actions) {
  if (!actions) {
    return commandLine(
      `flagship snapshots release ${id} --reason "…"`,
      `flagship snapshots discard ${id} --reason "…"`,
    );
  }
  return h(
    'p.buttons',
    {},
    written > 0 ? actionButton('release', [id]) : null,
    actionButton('discard', [id]),
  );
}

/** @param {string} state */
function stateName(state) {
  return words().snapshotStates[/** @type {'held'} */ (state)] ?? state;
}

/** @param {number} fileId @param {string} file @param {string} label */
export function rejectedLink(fileId, file, label) {
  return h(
    'a',
    { href: `/rejected/${fileId}`, download: `${file}.rejected.csv`, 'data-download': true },
    label,
  );
}
