import { damage } from '../csv/decode.ts';
import type { CsvRecord } from '../csv/record-reader.ts';
import { inventoryWords } from '../smaregi/inventory-columns.ts';
import { type InventoryLayout, type LayoutContext, layoutOf } from '../smaregi/inventory-layout.ts';
import { Refusal } from './refusal.ts';

/** Titles and filters may stand above the header, but not more than this. */
const maxRecords = 10;

interface Tried {
  cells: string[];
  named: number;
  missing: string[];
}

/** Looks for the header among the first records of a file. */
export class HeaderSearch {
  readonly #context: LayoutContext;
  readonly #tried: Tried[] = [];

  constructor(context: LayoutContext) {
    this.#context = context;
  }

  /** The layout, if this record is the header. @throws Refusal when it was the last that could have been */
  offer({ cells }: CsvRecord): InventoryLayout | undefined {
    const found = layoutOf(cells, this.#context);
    if ('layout' in found) return found.layout;
    this.#tried.push({ cells, ...found });
    if (this.#tried.length === maxRecords) throw this.refusal();
    return undefined;
  }

  /** What to say when no header came. */
  refusal(): Refusal {
    if (this.#tried.length === 0) return new Refusal('empty', 'The file is empty.');
    if (this.#tried.some(({ cells }) => cells.some((cell) => cell.includes(damage)))) return unreadable();
    const best = this.#tried.reduce((a, b) => (b.named > a.named ? b : a));
    return best.named > 0 ? missingColumn(best) : this.#noHeader();
  }

  #noHeader(): Refusal {
    const { productCode, quantity } = inventoryWords;
    const lines = this.#tried.slice(0, 3).map(({ cells }) => `  ${shortened(cells.join(','))}`);
    return new Refusal(
      'no-header',
      `No header was found in the first ${maxRecords} rows. It must name the product code ` +
        `(${productCode.join(', ')}) and the quantity (${quantity.join(', ')}); other names can be added in ` +
        `inventory.columns of the configuration. The file begins with:\n${lines.join('\n')}`,
    );
  }
}

function missingColumn({ cells, missing }: Tried): Refusal {
  return new Refusal(
    'missing-column',
    `The header does not give ${missing.join(', nor ')}. Its columns: ${shortened(cells.join(', '))}. ` +
      'Add the column to the export, or name it in inventory.columns of the configuration.',
  );
}

function unreadable(): Refusal {
  return new Refusal(
    'bad-encoding',
    'The first rows hold bytes that are no characters in UTF-8 nor in Shift_JIS, and no header was found. ' +
      'Save the file as CSV in UTF-8 or Shift_JIS, or set inventory.encoding in the configuration.',
  );
}

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}
