import { h } from './element.js';
import { words } from './words.js';

/** A store and a product: the whole story of one number. @param {import('../status.ts').Status} status */
export function searchSection({ stores }) {
  const w = words();
  return h(
    'section',
    { 'data-key': 'search', id: 'search', 'aria-labelledby': 'search-title' },
    h('h2', { id: 'search-title' }, w.search),
    h('p.quiet', {}, w.searchHelp),
    h(
      'form',
      { id: 'search-form' },
      h(
        'label',
        {},
        h('span', {}, w.store),
        h('input', {
          name: 'store',
          list: 'store-names',
          required: true,
          autocomplete: 'off',
          maxlength: 100,
        }),
      ),
      h(
        'label',
        {},
        h('span', {}, w.product),
        h('input', { name: 'product', required: true, autocomplete: 'off', maxlength: 40 }),
      ),
      h('button', { type: 'submit' }, w.explain),
      h(
        'datalist',
        { id: 'store-names' },
        stores.map(({ name }) => h('option', { value: name })),
      ),
    ),
    h('div', { id: 'found', 'data-own': true, 'aria-live': 'polite' }),
  );
}
