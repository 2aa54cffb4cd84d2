// The token lives as long as the tab; the name of the person stays in the browser, so that it is typed once.

const tokenKey = 'flagship-token';
const nameKey = 'flagship-name';

export const session = {
  get token() {
    return sessionStorage.getItem(tokenKey) ?? '';
  },
  set token(value) {
    if (value) sessionStorage.setItem(tokenKey, value);
    else sessionStorage.removeItem(tokenKey);
  },
  get name() {
    return localStorage.getItem(nameKey) ?? '';
  },
  set name(value) {
    localStorage.setItem(nameKey, value);
  },
};

/** As fetch, with the token where there is one. @param {string} path @param {RequestInit} [options] */
export function ask(path, options = {}) {
  const headers = new Headers(options.headers);
  if (session.token) headers.set('authorization', `Bearer ${session.token}`);
  return fetch(path, { ...options, headers, cache: 'no-store' });
}

/**
 * Saves a file that may need the token, which a plain link cannot carry.
 * @param {string} path @param {string} name
 */
export async function download(path, name) {
  const answer = await ask(path);
  if (!answer.ok) throw new Error(String(answer.status));
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await answer.blob());
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
