import { after } from './browser-clock.js';
import { ask } from './session.js';

// Server-sent events over fetch, since EventSource cannot carry a token.

/** The server beats every 10 seconds. */
const silenceMs = 30_000;
const retryMs = { first: 1_000, most: 10_000 };

/**
 * Keeps listening to the server for as long as the page is open.
 *
 * @param {{
 *   onStatus: (status: import('../status.ts').Status) => void,
 *   onUp: () => void,
 *   onDown: () => void,
 *   onLocked: () => void,
 * }} listener `onLocked`: the token is missing or wrong; `resume` of the returned object tries again
 */
export function connect(listener) {
  let pauseMs = retryMs.first;
  let locked = false;

  async function run() {
    const silence = new AbortController();
    let calm = after(silenceMs, () => silence.abort());
    try {
      const answer = await ask('/events', { signal: silence.signal });
      if (answer.status === 401) {
        locked = true;
        listener.onLocked();
        return;
      }
      if (!answer.ok || !answer.body) throw new Error(String(answer.status));
      pauseMs = retryMs.first;
      for await (const event of eventsOf(answer.body)) {
        calm();
        calm = after(silenceMs, () => silence.abort());
        listener.onUp();
        if (event.type === 'message') listener.onStatus(JSON.parse(event.data));
      }
    } catch {
      // The server is gone or silent; which of them makes no difference here.
    } finally {
      calm();
    }
    if (locked) return;
    listener.onDown();
    after(pauseMs, run);
    pauseMs = Math.min(pauseMs * 2, retryMs.most);
  }

  run();
  return {
    resume() {
      if (!locked) return;
      locked = false;
      run();
    },
  };
}

/** @param {ReadableStream<Uint8Array>} body */
async function* eventsOf(body) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += decoder.decode(value, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) yield eventOf(block);
  }
}

/** @param {string} block */
function eventOf(block) {
  const event = { type: 'message', data: '' };
  for (const line of block.split('\n')) {
    if (line.startsWith('event: ')) event.type = line.slice(7);
    if (line.startsWith('data: ')) event.data += line.slice(6);
  }
  return event;
}
