/** Rests of a longer header that make it mean something else: 在庫金額 is no quantity. */
const otherMeaning = /[額価円日率]/;

/** Shorter words say too little to be taken as the beginning of a header. */
const minPrefixChars = 3;

/** A header or name as it is compared: full and half width alike, no blanks around, no case, no byte order mark. */
export function normalised(text: string): string {
  return text
    .normalize('NFKC')
    .replaceAll(/^[\s\uFEFF]+|[\s\uFEFF]+$/g, '')
    .toLowerCase();
}

/** A header without its legend: up to the first bracket, colon or blank. */
export function stemOf(header: string): string {
  return normalised(header).split(/[([【<{:\s]/, 1)[0] ?? '';
}

/**
 * The index of the column that one of `words` (best first) names, or undefined: whole headers first, then headers
 * without their legend, at last headers that only begin with a word.
 */
export function findColumn(header: string[], words: string[]): number | undefined {
  return findNamed(header, words) ?? search(header.map(stemOf), words.map(stemOf), beginsWith);
}

/** As {@link findColumn}, without headers that only begin with a word. */
export function findNamed(header: string[], words: string[]): number | undefined {
  return (
    search(header.map(normalised), words.map(normalised), equals) ??
    search(header.map(stemOf), words.map(stemOf), equals)
  );
}

function search(
  header: string[],
  words: string[],
  matches: (cell: string, word: string) => boolean,
): number | undefined {
  for (const word of words) {
    const index = header.findIndex((cell) => word !== '' && matches(cell, word));
    if (index !== -1) return index;
  }
  return undefined;
}

function equals(cell: string, word: string): boolean {
  return cell === word;
}

function beginsWith(cell: string, word: string): boolean {
  return (
    word.length >= minPrefixChars && cell.startsWith(word) && !otherMeaning.test(cell.slice(word.length))
  );
}
