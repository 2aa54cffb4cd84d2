// Elements made of plain values. Text only ever becomes a text node: nothing from outside is read as markup.

/** @typedef {Node | string | number | false | null | undefined} Child */

const svgTags = new Set(['svg', 'g', 'path', 'rect', 'line', 'text', 'circle', 'title']);

/**
 * @param {string} tag with classes, as `p.quiet`
 * @param {Record<string, string | number | boolean | null | undefined>} [attributes] false, null: left out; true: empty
 * @param {...(Child | Child[])} children
 * @returns {any} an element; false and null among its children are left out
 */
export function h(tag, attributes = {}, ...children) {
  const [name = 'div', ...classes] = tag.split('.');
  const element = svgTags.has(name)
    ? document.createElementNS('http://www.w3.org/2000/svg', name)
    : document.createElement(name);
  if (classes.length > 0) element.setAttribute('class', classes.join(' '));
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(key, value === true ? '' : String(value));
    }
  }
  for (const child of children.flat()) {
    if (child !== false && child !== null && child !== undefined) {
      element.append(child instanceof Node ? child : String(child));
    }
  }
  return element;
}

/**
 * Makes `live` look like `wanted` by changing only what differs: focus, selection, what is typed and what is open
 * stay. Children are matched by `data-key` where they have one, else by their place.
 *
 * @param {Element} live
 * @param {Element} wanted
 */
export function morph(live, wanted) {
  for (const { name } of [...live.attributes]) {
    if (!wanted.hasAttribute(name) && !keptAttributes.has(name)) live.removeAttribute(name);
  }
  for (const { name, value } of wanted.attributes) {
    if (live.getAttribute(name) !== value && !keptAttributes.has(name)) live.setAttribute(name, value);
  }
  if (live.hasAttribute('data-own')) return;
  morphChildren(live, [...wanted.childNodes]);
}

/** What the person changes, not the page. */
const keptAttributes = new Set(['open']);

/** @param {Element} parent @param {ChildNode[]} wanted */
export function morphChildren(parent, wanted) {
  const keyed = new Map([...parent.children].map((child) => [child.getAttribute('data-key'), child]));
  let place = parent.firstChild;
  for (const child of wanted) {
    const key = child instanceof Element ? child.getAttribute('data-key') : null;
    const candidate = key === null ? place : (keyed.get(key) ?? null);
    if (candidate && isAlike(candidate, child)) {
      if (candidate !== place) parent.insertBefore(candidate, place);
      else place = place.nextSibling;
      if (candidate instanceof Element) morph(candidate, /** @type {Element} */ (child));
      else if (candidate.nodeValue !== child.nodeValue) candidate.nodeValue = child.nodeValue;
    } else {
      parent.insertBefore(child, place);
    }
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

/** @param {ChildNode} live @param {ChildNode} wanted */
function isAlike(live, wanted) {
  if (live.nodeName !== wanted.nodeName) return false;
  if (!(live instanceof Element && wanted instanceof Element)) return true;
  return live.getAttribute('data-key') === wanted.getAttribute('data-key');
}
