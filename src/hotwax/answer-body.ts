/** What the body of a 200 says about the call. */
export type BodyVerdict =
  | { kind: 'done' }
  | { kind: 'error'; message: string }
  | { kind: 'login-page' }
  | { kind: 'unclear'; what: string };

/**
 * Reads the body of an HTTP 200 of the OMS, where a refusal may hide behind the status: OFBiz puts
 * `_ERROR_MESSAGE_` or a list of them beside an echo of the request, newer end points `error` or `errors`.
 * An empty list is no error. A JSON object without any of them is success.
 *
 * The sample answer in the OMS's own documentation is not valid JSON (an object without a name inside an object),
 * so text that cannot be parsed is still success when it is plainly the echo: in braces from first to last,
 * naming `availableDelta` or `webSiteId`, and spelling no error. Anything else that cannot be parsed says nothing.
 */
export function readBody(body: string, contentType: string): BodyVerdict {
  const text = body.replace(/^\uFEFF/, '').trim();
  if (text.startsWith('<') || contentType.includes('text/html')) return readPage(text);
  if (text === '') return { kind: 'unclear', what: 'an empty answer' };
  const parsed = parseJson(text);
  if (parsed === undefined) return readBrokenJson(text);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return { kind: 'unclear', what: 'an answer that is no JSON object' };
  }
  const message = errorIn(parsed as Record<string, unknown>);
  return message === undefined ? { kind: 'done' } : { kind: 'error', message };
}

const errorKeys = [
  '_ERROR_MESSAGE_',
  '_ERROR_MESSAGE_LIST_',
  'error',
  'errors',
  'errorMessage',
  'errorMessageList',
] as const;

function errorIn(answer: Record<string, unknown>): string | undefined {
  const found = errorKeys.map((key) => answer[key]).filter(saysSomething);
  if (found.length > 0) return found.map(spell).join('; ');
  return answer.responseMessage === 'error' ? 'responseMessage: error' : undefined;
}

/** Empty texts, lists and objects, `false`, 0 and null are the absence of an error. */
function saysSomething(value: unknown): boolean {
  if (typeof value === 'string') return value.trim() !== '';
  if (Array.isArray(value)) return value.some(saysSomething);
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}

function spell(value: unknown): string {
  if (Array.isArray(value)) return value.filter(saysSomething).map(spell).join('; ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function readBrokenJson(text: string): BodyVerdict {
  if (spelledError.test(text)) return { kind: 'error', message: text };
  const isEcho = text.startsWith('{') && text.endsWith('}') && /"(availableDelta|webSiteId)"\s*:/.test(text);
  return isEcho ? { kind: 'done' } : { kind: 'unclear', what: 'an answer that is no JSON' };
}

/** An error key followed by anything but an empty value; `responseMessage` only with the value `error`. */
const spelledError =
  /"(_ERROR_MESSAGE_|_ERROR_MESSAGE_LIST_|errors?|errorMessage|errorMessageList)"\s*:\s*(?!""|\[\s*\]|\{\s*\}|null|false|0\b)\S|"responseMessage"\s*:\s*"error"/;

/**
 * OFBiz checks who is asking before it runs the service behind a request, and shows its log-in form instead: such
 * a page proves that nothing was applied. Any other page (maintenance, a proxy's greeting) proves nothing.
 */
function readPage(text: string): BodyVerdict {
  const isLogin = /<input[^>]+type\s*=\s*["']?password/i.test(text) || /<form[^>]+login/i.test(text);
  return isLogin ? { kind: 'login-page' } : { kind: 'unclear', what: 'an HTML page' };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
