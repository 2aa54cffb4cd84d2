/**
 * File systems take names of 255 bytes. What we put around the name of a file (`inventory~…~` and `.….tmp` in work/,
 * `-2`, `.rejected.csv`, `.reason.txt`) takes less than the rest.
 */
const maxBytes = 200;

const omission = '…';

/**
 * A file name as it is, or without its middle when it is too long for us to add anything to it: what stands at its
 * start and at its end (the date, the ending) remains. In bytes of UTF-8, never through a character.
 */
export function boundedName(name: string): string {
  if (Buffer.byteLength(name) <= maxBytes) return name;
  const half = (maxBytes - Buffer.byteLength(omission)) / 2;
  const chars = [...name];
  return fitting(chars, half).join('') + omission + fitting(chars.toReversed(), half).toReversed().join('');
}

/** As many of the first characters as fit into so many bytes. */
function fitting(chars: string[], bytes: number): string[] {
  let left = bytes;
  const end = chars.findIndex((char) => {
    left -= Buffer.byteLength(char);
    return left < 0;
  });
  return chars.slice(0, end);
}
