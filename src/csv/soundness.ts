import { isUtf8 } from 'node:buffer';
import { damage, type Encoding, newDecoder } from './decode.ts';

const damageBytes = Buffer.from(damage);

/**
 * Whether whole lines of text hold no damaged character, that is, whether decoding them would give no {@link damage}.
 * Nothing is decoded, so that it costs a tenth of that.
 */
export function isSound(lines: Buffer, encoding: Encoding): boolean {
  return encoding === 'cp932' ? isCp932(lines) : isUtf8(lines) && !lines.includes(damageBytes);
}

/** 1 for each byte, and for each pair of bytes, that is a character of CP932. */
interface Characters {
  bytes: Uint8Array;
  pairs: Uint8Array;
}

let characters: Characters | undefined;

function isCp932(lines: Buffer): boolean {
  characters ??= charactersOfCp932();
  const { bytes, pairs } = characters;
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
    } else if (bytes[byte] === 1) at += 1;
    else if (pairs[(byte << 8) | (lines[at + 1] ?? 0)] === 1) at += 2;
    else return false;
  }
  return true;
}

/** Most text is ASCII, which is passed four bytes at a time. */
function asciiEnd(words: Int32Array, start: number): number {
  let at = start;
  while (at < words.length && ((words[at] as number) & 0x80808080) === 0) at += 1;
  return at;
}

/** Asked of the runtime's decoder, so that both always agree. */
function charactersOfCp932(): Characters {
  const decoder = newDecoder('cp932');
  const isCharacter = (...code: number[]) => !decoder.decode(Uint8Array.from(code)).includes(damage);
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => Number(isCharacter(byte)));
  const pairs = new Uint8Array(1 << 16);
  for (let lead = 0x80; lead < 256; lead += 1) {
    if (bytes[lead] === 1) continue;
    for (let trail = 0x40; trail < 256; trail += 1)
      pairs[(lead << 8) | trail] = Number(isCharacter(lead, trail));
  }
  return { bytes, pairs };
}
