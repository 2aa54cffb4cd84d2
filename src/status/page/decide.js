import { h } from './element.js';
import { clock, figure, signed } from './format.js';
import { ask, session } from './session.js';
import { words } from './words.js';

// Every decision in the same steps: the token once, what it would do as the server works it out, a reason, done.

/** @typedef {import('./action-button.js').Action} Action */

/** So many lines of figures fit a phone. */
const shownRows = 8;

const dialog = /** @type {HTMLDialogElement} */ (document.getElementById('dialog'));

/** The one decision that the dialog is open for. @type {{ action: Action, ids: number[] } | undefined} */
let open;

/** @param {Action} action @param {number[]} ids */
export async function decide(action, ids) {
  open = { action, ids };
  if (!dialog.open) dialog.showModal();
  if (session.token) await plan();
  else askToken();
}

/** @param {string} [trouble] */
function askToken(trouble) {
  const w = words();
  show(w.token, [
    trouble ? h('p.words', { role: 'alert' }, trouble) : null,
    field('token', w.token, { type: 'password', required: true, autocomplete: 'off' }),
    buttons(w.unlock),
  ]);
  dialog.querySelector('form')?.addEventListener('submit', (event) => {
    event.preventDefault();
    session.token = inputOf('token').trim();
    void plan();
  });
}

/** The dry run. */
async function plan() {
  if (!open) return;
  const { action, ids } = open;
  const { status, body } = await post({ action, ids, dryRun: true });
  if (status === 401) {
    session.token = '';
    askToken(words().wrongToken);
  } else if (status !== 200) fail(body);
  else if (body.ids.length === 0)
    fail({ error: { message: words().nothingChosen, advice: leftOut(body).join(' ') } });
  else confirm(action, body);
}

/** @param {Action} action @param {any} body */
function confirm(action, body) {
  const w = words();
  show(w.confirmTitles[action], [
    h('p', {}, w.meaning[action](figure(body.ids.length), figure(Math.max(1, body.seconds ?? 0)))),
    ...figures(body),
    field('who', w.name, { required: true, maxlength: 80, autocomplete: 'name', value: session.name }),
    field('reason', w.reason, { required: true, maxlength: 500, autocomplete: 'off' }),
    buttons(w.confirm(w.actions[action])),
  ]);
  dialog.querySelector('form')?.addEventListener('submit', async (event) => {
    event.preventDefault();
    const [who, reason] = [inputOf('who').trim(), inputOf('reason').trim()];
    session.name = who;
    const done = await post({ action, ids: body.ids, who, reason, dryRun: false });
    if (done.status === 200) finish(w.done(w.actions[action], figure(body.ids.length)));
    else fail(done.body);
  });
  /** @type {HTMLElement | null} */ (
    dialog.querySelector(session.name ? '[name=reason]' : '[name=who]')
  )?.focus();
}

/** What the server says the decision comes to. @param {any} body */
function figures(body) {
  const w = words();
  const net = body.net ?? [];
  return [
    body.alsoSettled > 0 ? h('p', {}, w.alsoSettled(figure(body.alsoSettled))) : null,
    net.length > 0 ? h('p', {}, w.net) : null,
    net.length > 0
      ? h(
          'ul.net',
          {},
          net
            .slice(0, shownRows)
            .map((/** @type {any} */ row) =>
              h('li', {}, `${row.store} · ${row.productCode}: ${signed(row.quantity)}`),
            ),
          net.length > shownRows ? h('li', {}, w.more(figure(net.length - shownRows))) : null,
        )
      : null,
    ...snapshotFigures(body),
    ...leftOut(body).map((line) => h('p.quiet', {}, line)),
  ];
}

/** @param {any} body */
function snapshotFigures({ snapshot, before }) {
  if (!snapshot) return [];
  const w = words();
  return [
    h('p', {}, `${snapshot.id} · ${snapshot.file} · ${w.taken(clock(snapshot.takenAt))}`),
    h(
      'p',
      {},
      `${w.written(figure(snapshot.written), figure(snapshot.stores))} · ${w.rejectedRows(figure(snapshot.rejected))}`,
    ),
    before ? h('p', {}, w.before(figure(before.written), clock(before.takenAt))) : null,
  ];
}

/** @param {any} body @returns {string[]} */
function leftOut({ excluded = [] }) {
  if (excluded.length === 0) return [];
  const w = words();
  return [
    w.leftOut(figure(excluded.length)),
    ...excluded.slice(0, shownRows).map((/** @type {any} */ item) => `${item.id}: ${item.why}`),
  ];
}

/** @param {any} body */
function fail({ error }) {
  const w = words();
  const { message, advice } = typeof error === 'string' ? { message: error, advice: '' } : (error ?? {});
  show(w.failed, [
    h('p.words', { role: 'alert' }, message ?? ''),
    advice ? h('p', {}, advice) : null,
    h('p.buttons', {}, h('button', { type: 'button', 'data-close': true }, w.close)),
  ]);
}

/** @param {string} text */
function finish(text) {
  show(text, [h('p.buttons', {}, h('button', { type: 'button', 'data-close': true }, words().close))]);
  /** @type {HTMLElement | null} */ (dialog.querySelector('[data-close]'))?.focus();
}

/** @param {object} body @returns {Promise<{ status: number, body: any }>} */
async function post(body) {
  try {
    const answer = await ask('/actions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: await answer.json() };
  } catch {
    return { status: 0, body: { error: words().failed } };
  }
}

/** @param {string} title @param {(Element | null)[]} content */
function show(title, content) {
  const form = h('form', {}, h('h2', { id: 'dialog-title' }, title), ...content);
  dialog.replaceChildren(form);
  /** @type {HTMLElement | null} */ (form.querySelector('input, button'))?.focus();
}

/** @param {string} name @param {string} label @param {Record<string, string | number | boolean>} attributes */
function field(name, label, attributes) {
  return h('label.field', {}, h('span', {}, label), h('input', { name, ...attributes }));
}

/** @param {string} go */
function buttons(go) {
  return h(
    'p.buttons',
    {},
    h('button.go', { type: 'submit' }, go),
    h('button', { type: 'button', 'data-close': true }, words().cancel),
  );
}

/** @param {string} name */
function inputOf(name) {
  return /** @type {HTMLInputElement} */ (dialog.querySelector(`[name=${name}]`)).value;
}

dialog.addEventListener('click', (event) => {
  if (event.target instanceof Element && event.target.closest('[data-close]')) dialog.close();
});
