import { isAscii } from 'node:buffer';
import { TextDecoder } from 'node:util';

export type Encoding = 'utf-8' | 'cp932';

/** Bytes that are no text in any encoding that we read: UTF-16, or something else than text. */
export class NotText extends Error {
  override readonly name = 'NotText';
}

/** What stands for bytes that are no character: the cell that holds it is damaged. */
export const damage = '\uFFFD';

/**
 * How much text after the first non-ASCII byte decides between UTF-8 and CP932: hundreds of lines, so that a few
 * damaged characters change nothing.
 */
const windowBytes = 64 * 1024;

/**
 * Turns pieces of a file into text. With `auto`: a byte order mark means UTF-8; ASCII passes until the first other
 * byte; there the encoding is chosen that has fewer faults in the text that follows, UTF-8 when equal. Damaged
 * characters become {@link damage} and never swallow a quote, a comma or a line end.
 */
export class Decoder {
  readonly #configured: 'auto' | Encoding;
  #encoding: Encoding | undefined;
  #decoder: TextDecoder | undefined;
  #held: Buffer = Buffer.alloc(0);
  #started = false;

  constructor(configured: 'auto' | Encoding) {
    this.#configured = configured;
  }

  /** What the text is or was taken for. Pure ASCII counts as UTF-8. */
  get encoding(): Encoding {
    return this.#encoding ?? 'utf-8';
  }

  /** The text of one more piece, as far as it is certain. @throws NotText */
  push(piece: Buffer): string {
    if (piece.includes(0)) throw new NotText('it holds NUL bytes, which no CSV text does');
    if (this.#decoder) return this.#decoder.decode(piece, { stream: true });
    return this.#undecided(this.#held.length > 0 ? Buffer.concat([this.#held, piece]) : piece, false);
  }

  /** The rest of the text. */
  end(): string {
    const text = this.#decoder ? '' : this.#undecided(this.#held, true);
    return text + (this.#decoder?.decode() ?? '');
  }

  #undecided(bytes: Buffer, last: boolean): string {
    this.#held = Buffer.alloc(0);
    if (!this.#started) {
      if (bytes.length < 3 && !last) return this.#hold(bytes);
      this.#started = true;
      if (startsWith(bytes, 0xff, 0xfe) || startsWith(bytes, 0xfe, 0xff)) {
        throw new NotText('it is UTF-16 text');
      }
      if (this.#configured !== 'auto') return this.#decide(this.#configured, bytes);
      if (startsWith(bytes, 0xef, 0xbb, 0xbf)) return this.#decide('utf-8', bytes);
    }
    if (isAscii(bytes)) return bytes.toString('latin1');
    const first = bytes.findIndex((byte) => byte > 0x7f);
    const rest = bytes.subarray(first);
    if (rest.length < windowBytes && !last) return bytes.toString('latin1', 0, first) + this.#hold(rest);
    return (
      bytes.toString('latin1', 0, first) + this.#decide(guess(rest.subarray(0, windowBytes), last), rest)
    );
  }

  #hold(bytes: Buffer): string {
    this.#held = bytes;
    return '';
  }

  #decide(encoding: Encoding, bytes: Buffer): string {
    this.#encoding = encoding;
    this.#decoder = newDecoder(encoding);
    return this.#decoder.decode(bytes, { stream: true });
  }
}

function guess(window: Buffer, whole: boolean): Encoding {
  return faults('cp932', window, whole) < faults('utf-8', window, whole) ? 'cp932' : 'utf-8';
}

/** A character cut at the end of the window is no fault, unless the file ends there. */
function faults(encoding: Encoding, window: Buffer, whole: boolean): number {
  return newDecoder(encoding).decode(window, { stream: !whole }).split(damage).length - 1;
}

/** The runtime's `shift_jis` is Microsoft's CP932 (①, Ⅰ, 髙, ㈱). */
function newDecoder(encoding: Encoding): TextDecoder {
  return new TextDecoder(encoding === 'cp932' ? 'shift_jis' : 'utf-8');
}

function startsWith(bytes: Buffer, ...prefix: number[]): boolean {
  return prefix.every((byte, index) => bytes[index] === byte);
}
