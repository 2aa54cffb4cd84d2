import { english } from './english.js';
import { japanese } from './japanese.js';

// Which of the two languages the page speaks.

const key = 'flagship-language';

/** @type {'en' | 'ja'} */
let current = chosen();

/** What was chosen here before, else what the browser prefers. @returns {'en' | 'ja'} */
function chosen() {
  const kept = localStorage.getItem(key);
  if (kept === 'en' || kept === 'ja') return kept;
  return navigator.language.startsWith('ja') ? 'ja' : 'en';
}

export function language() {
  return current;
}

export function switchLanguage() {
  current = current === 'en' ? 'ja' : 'en';
  localStorage.setItem(key, current);
}

export function words() {
  return current === 'en' ? english : japanese;
}

/** The side of a text from the server that is in the language of the page. @param {{ en: string, ja: string }} both */
export function said(both) {
  return both[current];
}
