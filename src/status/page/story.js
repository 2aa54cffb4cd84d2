import { h, morphChildren } from './element.js';
import { clock, figure, signed } from './format.js';
import { ask } from './session.js';
import { said, words } from './words.js';

/**
 * Fetches the story of a store and product and puts it into an element, with what the web shop may sell of it where that
 * is asked for.
 * @param {Element} place @param {string} store @param {string} product @param {{ online?: boolean }} [options]
 */
export async function showStory(place, store, product, { online: withOnline = false } = {}) {
  try {
    const [story, online] = await Promise.all([
      askFor(`/story?${new URLSearchParams({ store, product })}`),
      withOnline ? askFor(`/online?${new URLSearchParams({ product })}`) : null,
    ]);
    morphChildren(place, [...lines(story), ...(online ? onlineLines(online) : [])]);
  } catch (error) {
    morphChildren(place, [h('p.words', {}, error instanceof Refused ? error.message : words().failed)]);
  }
}

/** The server says what is wrong with the question. */
class Refused extends Error {}

/** @param {string} path */
async function askFor(path) {
  const answer = await ask(path);
  const document = await answer.json();
  if (!answer.ok) throw new Refused(document.error);
  return document;
}

/** @param {ReturnType<typeof import('../story-document.ts').tellStory>} story */
function lines({ store, facilityId, productCode, movements, events, conclusion }) {
  const w = words();
  return [
    h('p', {}, h('strong', {}, `${store} · ${productCode}`), h('span.quiet', {}, `  ${facilityId ?? ''}`)),
    h(
      'ol.story',
      {},
      events.map(({ at, text }) => h('li', {}, h('time', { datetime: at }, clock(at)), said(text))),
    ),
    movements === 0 ? h('p', {}, w.noMovement) : null,
    ...conclusion.map((line) => h('p', {}, said(line))),
  ].filter((line) => line !== null);
}

/** @param {import('../../levels/online-figure.ts').OnlineFigure} figure */
function onlineLines({ quantity, open, stores }) {
  const w = words();
  const behind = stores.map((store) => `${store.facilityId} ${figure(store.quantity)}`).join(' · ');
  return [
    h(
      'p',
      { id: 'online' },
      h('strong', {}, w.online(figure(quantity))),
      open === 0 ? '' : ` ${w.onlineOpen(signed(open))}`,
    ),
    h('p.quiet', {}, behind),
  ];
}
