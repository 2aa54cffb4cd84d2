import { isAscii } from 'node:buffer';
import { damage, type Encoding, newDecoder } from './decode.ts';

/** Bytes that are no text in any encoding that we read: UTF-16, or something else than text. */
export class NotText extends Error {
  override readonly name = 'NotText';
}

/**
 * How much text after the first non-ASCII byte decides between UTF-8 and CP932: hundreds of lines, so that a few
 * damaged characters change nothing.
 */
const windowBytes = 64 * 1024;

const nothing = Buffer.alloc(0);

/**
 * Finds out in which encoding a file is, piece by piece. With `auto`: a byte order mark means UTF-8; ASCII passes
 * until the first other byte; there the encoding is chosen that has fewer faults in the text that follows, UTF-8 when
 * equal.
 */
export class EncodingSense {
  readonly #configured: 'auto' | Encoding;
  #encoding: Encoding | undefined;
  #held: Buffer = nothing;
  #isStarted = false;

  constructor(configured: 'auto' | Encoding) {
    this.#configured = configured;
  }

  /** What the text is or was taken for. Pure ASCII counts as UTF-8. */
  get encoding(): Encoding {
    return this.#encoding ?? 'utf-8';
  }

  /** The bytes of the text that can be decoded by now, without a byte order mark of UTF-8. @throws NotText */
  push(piece: Buffer): Buffer {
    const bytes = this.#held.length > 0 ? Buffer.concat([this.#held, piece]) : piece;
    if (piece.includes(0)) throw this.#notText(bytes);
    return this.#encoding ? piece : this.#undecided(bytes, false);
  }

  /** The rest of the bytes. @throws NotText */
  end(): Buffer {
    return this.#encoding ? nothing : this.#undecided(this.#held, true);
  }

  /** In UTF-16 every comma and line end has a NUL byte. */
  #notText(bytes: Buffer): NotText {
    const isMarked = startsWith(bytes, 0xff, 0xfe) || startsWith(bytes, 0xfe, 0xff);
    return new NotText(
      isMarked && !this.#isStarted ? 'it is UTF-16 text' : 'it holds NUL bytes, which no CSV text does',
    );
  }

  #undecided(bytes: Buffer, last: boolean): Buffer {
    this.#held = nothing;
    if (!this.#isStarted) {
      if (bytes.length < 3 && !last) return this.#hold(bytes);
      this.#isStarted = true;
      const isMarked = startsWith(bytes, 0xef, 0xbb, 0xbf);
      if (this.#configured !== 'auto' || isMarked) {
        this.#encoding = this.#configured === 'auto' ? 'utf-8' : this.#configured;
        return isMarked && this.#encoding === 'utf-8' ? bytes.subarray(3) : bytes;
      }
    }
    if (isAscii(bytes)) return bytes;
    const first = bytes.findIndex((byte) => byte > 0x7f);
    const rest = bytes.subarray(first);
    if (rest.length < windowBytes && !last) {
      this.#hold(rest);
      return bytes.subarray(0, first);
    }
    this.#encoding = guess(rest.subarray(0, windowBytes), last);
    return bytes;
  }

  /** A copy: pieces are their giver's again. */
  #hold(bytes: Buffer): Buffer {
    this.#held = Buffer.from(bytes);
    return nothing;
  }
}

function guess(window: Buffer, whole: boolean): Encoding {
  return faults('cp932', window, whole) < faults('utf-8', window, whole) ? 'cp932' : 'utf-8';
}

/** A character cut at the end of the window is no fault, unless the file ends there. */
function faults(encoding: Encoding, window: Buffer, whole: boolean): number {
  return newDecoder(encoding).decode(window, { stream: !whole }).split(damage).length - 1;
}

function startsWith(bytes: Buffer, ...prefix: number[]): boolean {
  return prefix.every((byte, index) => bytes[index] === byte);
}
