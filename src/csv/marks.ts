// Where cells end. Quotes, commas and line ends never are a part of another character, in UTF-8 and CP932 alike.

export const lineFeed = 10;
export const carriageReturn = 13;
export const quote = 34;
export const comma = 44;

/** No byte above it means anything to the format: one comparison passes letters, digits and all that is not ASCII. */
const highestMark = comma;

/** Said instead of a place: the cell does not close in its line. */
export const notClosed = -1;

/** The next comma, line end or quote. There must be one. */
export function nextMark(bytes: Buffer, start: number): number {
  for (let at = start; ; at += 1) {
    const byte = bytes[at] as number;
    if (byte > highestMark) continue;
    if (byte === comma || byte === lineFeed || byte === carriageReturn || byte === quote) return at;
  }
}

/** Where the quoted cell that begins at `start` closes, or {@link notClosed}. There must be a quote or a line end. */
export function closingQuote(bytes: Buffer, start: number): number {
  for (let at = start; ; ) {
    const byte = bytes[at] as number;
    at += 1;
    if (byte > quote) continue;
    if (byte === lineFeed || byte === carriageReturn) return notClosed;
    if (byte !== quote) continue;
    if (bytes[at] !== quote) return at - 1;
    at += 1;
  }
}
