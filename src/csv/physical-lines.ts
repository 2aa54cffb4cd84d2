/** Complete physical lines found in a text: line `i` is `text.slice(starts[i], ends[i])`, without its line end. */
export interface PhysicalLines {
  starts: number[];
  ends: number[];
  /** How many quotes stand in each line. */
  quotes: number[];
  /** Where the line begins that is not complete yet. */
  rest: number;
}

const lineFeed = 10;
const carriageReturn = 13;
const quote = 34;

/**
 * Finds the lines of `text`; CRLF, LF and CR end a line, in any mixture. A CR at the very end may be half of a
 * CRLF, so that its line is complete only when this is the `last` text.
 */
export function physicalLines(text: string, last: boolean): PhysicalLines {
  const lines: PhysicalLines = { starts: [], ends: [], quotes: [], rest: 0 };
  let start = 0;
  let quotes = 0;
  const complete = (end: number, next: number) => {
    lines.starts.push(start);
    lines.ends.push(end);
    lines.quotes.push(quotes);
    start = next;
    quotes = 0;
  };
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) quotes += 1;
    else if (code === lineFeed) complete(at, at + 1);
    else if (code === carriageReturn) {
      if (at + 1 === text.length && !last) break;
      const end = at;
      if (text.charCodeAt(at + 1) === lineFeed) at += 1;
      complete(end, at + 1);
    }
  }
  if (last && start < text.length) complete(text.length, text.length);
  lines.rest = start;
  return lines;
}
