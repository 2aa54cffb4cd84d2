// The only file of the page that reads time or waits; on the server that is src/platform/clock.ts.

export function now() {
  return Date.now();
}

/** @param {number} ms @param {() => void} then @returns {() => void} to call it off */
export function after(ms, then) {
  const timer = setTimeout(then, ms);
  return () => clearTimeout(timer);
}

/** @param {number} ms @param {() => void} then */
export function every(ms, then) {
  setInterval(then, ms);
}
