import { damage } from '../csv/decode.ts';
import {
  requiredColumns,
  type TransactionLayout,
  transactionLayoutOf,
} from '../smaregi/transaction-columns.ts';
import { FeedRefusal } from './feed-refusal.ts';

/** Titles and filters may stand above the header, but not more than this. */
const maxRecords = 10;

/** Looks for the header among the first records of a sales file. */
export class SalesHeaderSearch {
  readonly #tried: { cells: string[]; named: number; missing: string[] }[] = [];

  /** The layout, if this row is the header. @throws FeedRefusal when it was the last that could have been */
  offer(cells: string[]): TransactionLayout | undefined {
    const found = transactionLayoutOf(cells);
    if ('layout' in found) return found.layout;
    this.#tried.push({ cells, ...found });
    if (this.#tried.length === maxRecords) throw this.refusal();
    return undefined;
  }

  /** What to say when no header came. */
  refusal(): FeedRefusal {
    const [first] = this.#tried;
    if (!first) return new FeedRefusal('empty', 'The file is empty.');
    if (this.#tried.some(({ cells }) => cells.some((cell) => cell.includes(damage)))) {
      return new FeedRefusal(
        'bad-encoding',
        'The first rows hold bytes that are no characters in UTF-8 nor in Shift_JIS, and no header was found. ' +
          'Save the file as CSV in UTF-8 or Shift_JIS.',
      );
    }
    const best = this.#tried.reduce((a, b) => (b.named > a.named ? b : a));
    if (best.named > 0) {
      return new FeedRefusal(
        'missing-column',
        `The header lacks ${best.missing.join('; ')}. Its columns: ${shortened(best.cells.join(', '))}. ` +
          `Export the details of transactions with ${requiredColumns}.`,
      );
    }
    return new FeedRefusal(
      'no-header',
      `No header was found in the first ${maxRecords} rows. It must name ${requiredColumns}. ` +
        `The file begins with: ${shortened(first.cells.join(','))}`,
    );
  }
}

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 600 ? `${line.slice(0, 600)}…` : line;
}
