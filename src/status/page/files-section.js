import { h } from './element.js';
import { clock } from './format.js';
import { rejectedLink } from './snapshot-section.js';
import { words } from './words.js';

/** @param {import('../status.ts').Status} status */
export function filesSection({ files }) {
  const w = words();
  const heads = [w.arrived, w.file, w.outcome, w.rejected];
  return h(
    'section',
    { 'data-key': 'files', id: 'files', 'aria-labelledby': 'files-title', tabindex: -1 },
    h('h2', { id: 'files-title' }, w.files),
    files.length === 0
      ? h('p.quiet', {}, w.noFiles)
      : h(
          'table.files',
          {},
          h(
            'thead',
            {},
            h(
              'tr',
              {},
              heads.map((head) => h('th', { scope: 'col' }, head)),
            ),
          ),
          h(
            'tbody',
            {},
            files.map((file) => row(file, heads)),
          ),
        ),
  );
}

/** @param {import('../status.ts').FileStatus} file @param {string[]} heads */
function row({ id, feed, file, at, outcome, reason, message, hasRejectedRows }, heads) {
  const w = words();
  const why = [reason, message].filter(Boolean).join(': ');
  return h(
    `tr.${outcome}`,
    { 'data-key': String(id) },
    h('td', { 'data-head': heads[0] }, clock(at)),
    h(
      'th',
      { scope: 'row' },
      file,
      h('span.quiet', {}, ` ${w.feeds[/** @type {'sales'} */ (feed)] ?? feed}`),
    ),
    h(
      'td',
      { 'data-head': heads[2] },
      w.outcomes[/** @type {'accepted'} */ (outcome)] ?? outcome,
      why ? h('span.quiet', {}, ` ${why}`) : null,
    ),
    h(
      'td',
      { 'data-head': heads[3] },
      hasRejectedRows ? rejectedLink(id, file, w.downloadRejected) : w.nothing,
    ),
  );
}
