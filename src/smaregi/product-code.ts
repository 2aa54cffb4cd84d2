/** Smaregi's rule for product codes: printable ASCII, at most 20 characters. */
const pattern = /^[ -~]{1,20}$/;

export function isProductCode(text: string): boolean {
  return pattern.test(text);
}

/** Why a code cannot be one; undefined when it can. */
export function faultOfProductCode(code: string): 'no-product-code' | 'bad-product-code' | undefined {
  if (code === '') return 'no-product-code';
  return isProductCode(code) ? undefined : 'bad-product-code';
}

/** Without the TABs and blanks with which an export protects codes from spreadsheets. */
export function cleanProductCode(cell: string): string {
  return /^[ \t]|[ \t]$/.test(cell) ? cell.replaceAll(/^[ \t]+|[ \t]+$/g, '') : cell;
}
