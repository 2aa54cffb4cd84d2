import { csvText, type LineEnd } from '../csv/write.ts';
import { OutputFile } from '../platform/output-file.ts';

/** Rows that are turned into text and written at once. More would outlive young garbage and cost memory. */
const rowsPerBatch = 512;

/** A CSV file written in batches. It exists as soon as something is written to it. */
export class CsvOutput {
  readonly #path: string;
  readonly #lineEnd: LineEnd;
  #file: OutputFile | undefined;
  #rows: string[][] = [];

  constructor(path: string, lineEnd: LineEnd) {
    this.#path = path;
    this.#lineEnd = lineEnd;
  }

  add(row: string[]): void {
    this.#rows.push(row);
  }

  get isFull(): boolean {
    return this.#rows.length >= rowsPerBatch;
  }

  async flush(): Promise<void> {
    if (this.#rows.length === 0) return;
    this.#file ??= await OutputFile.create(this.#path);
    await this.#file.write(csvText(this.#rows, this.#lineEnd));
    this.#rows = [];
  }

  /** Writes the rest and makes it durable. */
  async finish(): Promise<void> {
    await this.flush();
    await this.#file?.finish();
  }

  async discard(): Promise<void> {
    this.#rows = [];
    await this.#file?.discard();
  }
}
