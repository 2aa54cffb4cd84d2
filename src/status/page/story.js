import { h, morphChildren } from './element.js';
import { clock, signed } from './format.js';
import { ask } from './session.js';
import { said, words } from './words.js';

/**
 * Fetches the story of a store and product and puts it into an element.
 * @param {Element} place @param {string} store @param {string} product
 */
export async function showStory(place, store, product) {
  const query = new URLSearchParams({ store, product });
  try {
    const answer = await ask(`/story?${query}`);
    const story = await answer.json();
    morphChildren(place, answer.ok ? lines(story) : [h('p.words', {}, story.error)]);
  } catch {
    morphChildren(place, [h('p.words', {}, words().failed)]);
  }
}

/** @param {ReturnType<typeof import('../story-document.ts').tellStory>} story */
function lines({ store, facilityId, productCode, movements, sum, open, events }) {
  const w = words();
  const list = open
    .map(({ id, state }) => `${id} (${w.postingStates[/** @type {'due'} */ (state)]})`)
    .join(', ');
  return [
    h('p', {}, h('strong', {}, `${store} · ${productCode}`), h('span.quiet', {}, `  ${facilityId ?? ''}`)),
    movements === 0
      ? h('p', {}, w.noMovement)
      : h(
          'ol.story',
          {},
          events.map(({ at, text }) => h('li', {}, h('time', { datetime: at }, clock(at)), said(text))),
        ),
    movements === 0
      ? null
      : h('p', {}, `${w.summary(movements, signed(sum))} ${list === '' ? w.allIn : w.notIn(list)}`),
  ].filter((line) => line !== null);
}
