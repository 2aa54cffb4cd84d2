import { ScratchFile } from '../platform/scratch-file.ts';

const pageBytes = 64 * 1024;
const rowsPerPage = pageBytes * 8;

/**
 * Which rows of a file are marked, in a bit each on the disk. One page is in memory: cheap for who marks or asks about
 * rows in their order, as often as they like.
 */
export class RowMarks {
  readonly #folder: string;
  #file: ScratchFile | undefined;
  readonly #page = Buffer.alloc(pageBytes);
  #pageNumber = 0;
  #isChanged = false;

  /** On the disk of `folder`. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws system errors (ENOSPC …) as they are */
  add(row: number): void {
    const at = this.#turnTo(row);
    this.#page[at >> 3] = (this.#page[at >> 3] as number) | (1 << (at & 7));
    this.#isChanged = true;
  }

  has(row: number): boolean {
    const at = this.#turnTo(row);
    return ((this.#page[at >> 3] as number) & (1 << (at & 7))) !== 0;
  }

  close(): void {
    this.#file?.close();
  }

  /** Has the row's page in memory, and says which bit of it is the row's. */
  #turnTo(row: number): number {
    const number = Math.floor(row / rowsPerPage);
    if (number !== this.#pageNumber) {
      this.#file ??= new ScratchFile(this.#folder);
      if (this.#isChanged) this.#file.write(this.#page, this.#pageNumber * pageBytes);
      this.#file.read(this.#page, number * pageBytes);
      this.#pageNumber = number;
      this.#isChanged = false;
    }
    return row % rowsPerPage;
  }
}
