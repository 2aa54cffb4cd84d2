import { isAscii } from 'node:buffer';
import { TextDecoder } from 'node:util';

export type Encoding = 'utf-8' | 'cp932';

/** What stands for bytes that are no character: the cell that holds it is damaged. */
export const damage = '\uFFFD';

const decoders: Partial<Record<Encoding, TextDecoder>> = {};

/**
 * Bytes of a file as text. Damaged characters become {@link damage} and never swallow a quote, a comma or a line end,
 * so that a cell is the same text whether it is decoded alone or with all around it.
 */
export function decoded(bytes: Buffer, encoding: Encoding): string {
  return isAscii(bytes) ? bytes.toString('latin1') : decoderOf(encoding).decode(bytes);
}

/** Made when it is needed: a thread that decodes nothing starts sooner. */
function decoderOf(encoding: Encoding): TextDecoder {
  const decoder = decoders[encoding] ?? newDecoder(encoding);
  decoders[encoding] = decoder;
  return decoder;
}

/** The runtime's `shift_jis` is Microsoft's CP932 (①, Ⅰ, 髙, ㈱). A byte order mark is kept like any character. */
export function newDecoder(encoding: Encoding): TextDecoder {
  return new TextDecoder(encoding === 'cp932' ? 'shift_jis' : 'utf-8', { ignoreBOM: true });
}
