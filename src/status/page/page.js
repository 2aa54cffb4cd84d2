import { every } from './browser-clock.js';
import { moveCursor, pointCursor } from './chart.js';
import { connect } from './connection.js';
import { decide } from './decide.js';
import { deltasSection } from './deltas-section.js';
import { h, morphChildren } from './element.js';
import { filesSection } from './files-section.js';
import { useTimeZone } from './format.js';
import { levelsSection } from './levels-section.js';
import { postingsSection } from './postings-section.js';
import { searchSection } from './search-section.js';
import { ask, download, session } from './session.js';
import { snapshotSection } from './snapshot-section.js';
import { storesSection } from './stores-section.js';
import { showStory } from './story.js';
import { otherFindings, truth } from './truth-section.js';
import { language, switchLanguage, words } from './words.js';

/** @typedef {import('../status.ts').Status} Status */

/** @type {{ status: Status | undefined, connection: 'new' | 'up' | 'cut' | 'locked', actions: boolean }} */
const page = { status: undefined, connection: 'new', actions: false };

const top = /** @type {Element} */ (document.getElementById('top'));
const main = /** @type {Element} */ (document.getElementById('main'));

const connection = connect({
  onStatus(status) {
    page.status = status;
    useTimeZone(status.timeZone);
    draw();
  },
  onUp() {
    if (page.connection === 'up') return;
    page.connection = 'up';
    void readAccess();
    draw();
  },
  onDown() {
    page.connection = 'cut';
    draw();
  },
  onLocked() {
    page.connection = 'locked';
    draw();
  },
});

/** Whether the page may act at all. */
async function readAccess() {
  const answer = await ask('/access').catch(() => undefined);
  if (answer?.ok) page.actions = (await answer.json()).actions;
  draw();
}

function draw() {
  document.documentElement.lang = language();
  morphChildren(top, heading());
  const { status, connection: state, actions } = page;
  if (state === 'locked') return morphChildren(main, [lock()]);
  if (!status) return;
  const { deltas, at: now } = status;
  const sections = [
    truth(status, state === 'cut'),
    otherFindings(status),
    postingsSection('refusals', status.refusals, { all: deltas.refused, now, actions }),
    postingsSection('doubts', status.doubts, { all: deltas.inDoubt, now, actions }),
    snapshotSection(status, actions),
    deltasSection(status, main.clientWidth),
    storesSection(status),
    levelsSection(status),
    searchSection(status),
    filesSection(status),
    h('footer', { 'data-key': 'footer' }, h('p.quiet', {}, `${words().footer} ${status.timeZone}`)),
  ];
  morphChildren(
    main,
    sections.filter((section) => section !== null),
  );
  const level = words().levels[state === 'cut' ? 'old' : status.level];
  document.title = `${level} · Flagship`;
}

function heading() {
  const w = words();
  const said = { new: w.connecting, up: w.live, cut: w.connecting, locked: '' }[page.connection];
  return [
    h('a.skip', { href: '#main' }, w.skip),
    h('p.brand', {}, 'Flagship'),
    h(`p.connection.${page.connection}`, { role: 'status' }, said),
    h('button', { type: 'button', id: 'language', lang: language() === 'en' ? 'ja' : 'en' }, w.language),
  ];
}

function lock() {
  const w = words();
  return h(
    'section.lock',
    { 'data-key': 'lock' },
    h('h1.sentence', {}, w.locked),
    session.token ? h('p.words', { role: 'alert' }, w.wrongToken) : null,
    h(
      'form',
      { id: 'lock-form' },
      h(
        'label.field',
        {},
        h('span', {}, w.token),
        h('input', { name: 'token', type: 'password', required: true, autocomplete: 'off' }),
      ),
      h('p.buttons', {}, h('button.go', { type: 'submit' }, w.unlock)),
    ),
  );
}

document.addEventListener('click', (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const button = /** @type {HTMLElement | null} */ (target?.closest('[data-action]') ?? null);
  if (button) act(button);
  if (target?.closest('#language')) {
    switchLanguage();
    draw();
  }
  const link = /** @type {HTMLAnchorElement | null} */ (target?.closest('[data-download]') ?? null);
  if (link && session.token) {
    event.preventDefault();
    void download(link.pathname, link.download);
  }
});

/** @param {HTMLElement} button */
function act(button) {
  const kind = button.dataset.selected;
  const ids = kind
    ? [...boxes(kind)].filter(({ checked }) => checked).map((box) => Number(box.dataset.id))
    : (button.dataset.ids ?? '').split(',').map(Number);
  if (ids.length > 0)
    void decide(/** @type {import('./action-button.js').Action} */ (button.dataset.action), ids);
}

/** @param {string} kind @returns {NodeListOf<HTMLInputElement>} */
function boxes(kind) {
  return document.querySelectorAll(`input[data-of="${kind}"]`);
}

document.addEventListener('change', (event) => {
  const box = event.target;
  if (!(box instanceof HTMLInputElement) || !box.dataset.selectAll) return;
  for (const other of boxes(box.dataset.selectAll)) other.checked = box.checked;
});

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement)) return;
  const value = (/** @type {string} */ name) => String(new FormData(form).get(name) ?? '').trim();
  if (form.id === 'search-form') {
    event.preventDefault();
    void showStory(
      /** @type {Element} */ (document.getElementById('found')),
      value('store'),
      value('product'),
      { online: true },
    );
  }
  if (form.id === 'lock-form') {
    event.preventDefault();
    session.token = value('token');
    connection.resume();
  }
});

// A story is fetched when it is opened; "toggle" does not bubble.
document.addEventListener(
  'toggle',
  (event) => {
    const details = event.target;
    if (!(details instanceof HTMLDetailsElement) || !details.open) return;
    const { store, product } = details.dataset;
    const place = details.querySelector('[data-own]');
    if (store && product && place) void showStory(place, store, product);
  },
  true,
);

document.addEventListener('keydown', (event) => {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (by === undefined || !(event.target instanceof Element) || event.target.id !== 'chart') return;
  event.preventDefault();
  const series = page.status?.deltas.series;
  if (series && moveCursor(series, by)) draw();
});

document.addEventListener('pointermove', (event) => {
  const svg = event.target instanceof Element ? event.target.closest('#chart') : null;
  const series = page.status?.deltas.series;
  if (!svg || !series) return;
  const { left, width } = svg.getBoundingClientRect();
  if (pointCursor(series, (event.clientX - left) / width)) draw();
});

// Minutes pass even when nothing changes.
every(30_000, draw);
window.addEventListener('resize', draw);
