import { isUtf8 } from 'node:buffer';
import { damage, decoded, type Encoding } from './decode.ts';

const damageBytes = Buffer.from(damage);

/**
 * Whether whole lines of text hold no damaged character, that is, whether decoding them would give no {@link damage}.
 * Nothing is decoded, so that it costs a tenth of that.
 */
export function isSound(lines: Buffer, encoding: Encoding): boolean {
  return encoding === 'cp932' ? isCp932(lines) : isUtf8(lines) && !lines.includes(damageBytes);
}

const character = 1;
const none = 2;

/** What each byte from 0x80 on, and each pair of bytes that begins with one, is in CP932, as far as it was asked; 0: not yet. */
const codes = new Uint8Array(1 << 16);

function isCp932(lines: Buffer): boolean {
  const isAligned = lines.byteOffset % Int32Array.BYTES_PER_ELEMENT === 0;
  const words = new Int32Array(
    lines.buffer,
    isAligned ? lines.byteOffset : 0,
    isAligned ? lines.length >> 2 : 0,
  );
  for (let at = asciiEnd(words, 0) << 2; at < lines.length; ) {
    const byte = lines[at] as number;
    if (byte < 0x80) {
      at += 1;
      if ((at & 3) === 0) at = asciiEnd(words, at >> 2) << 2;
    } else if ((codes[byte] || ask(byte)) === character) at += 1;
    else {
      const pair = (byte << 8) | (lines[at + 1] ?? 0);
      if ((codes[pair] || ask(pair)) !== character) return false;
      at += 2;
    }
  }
  return true;
}

/** Most text is ASCII, which is passed four bytes at a time. */
function asciiEnd(words: Int32Array, start: number): number {
  let at = start;
  while (at < words.length && ((words[at] as number) & 0x80808080) === 0) at += 1;
  return at;
}

/** Asks the runtime's decoder about a byte, or a pair of bytes, so that both always agree. Few occur in a file. */
function ask(code: number): typeof character | typeof none {
  const bytes = code < 0x100 ? [code] : [code >> 8, code & 0xff];
  const text = decoded(Buffer.from(bytes), 'cp932');
  // A trail that is a character by itself is not taken for a part of a pair.
  const answer = text.includes(damage) || text.length > 1 ? none : character;
  codes[code] = answer;
  return answer;
}
