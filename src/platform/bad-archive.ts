/** A .gz or .zip that is damaged, too large or does not hold exactly one CSV; the message is for people. */
export class BadArchive extends Error {
  override readonly name = 'BadArchive';
}
