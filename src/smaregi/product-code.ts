/** Smaregi's rule for product codes: printable ASCII, at most 20 characters. */
const pattern = /^[ -~]{1,20}$/;

export function isProductCode(text: string): boolean {
  return pattern.test(text);
}
