import { type FileHandle, open, rm } from 'node:fs/promises';

/** A file written piece by piece. It is durable only after {@link OutputFile.finish}. */
export class OutputFile {
  readonly #path: string;
  readonly #handle: FileHandle;

  private constructor(path: string, handle: FileHandle) {
    this.#path = path;
    this.#handle = handle;
  }

  /** Starts a new file; one that is there is replaced. */
  static async create(path: string): Promise<OutputFile> {
    return new OutputFile(path, await open(path, 'w'));
  }

  async write(content: string): Promise<void> {
    await this.#handle.appendFile(content);
  }

  /** Flushes the content to the disk (its name is the caller's to make durable) and closes. */
  async finish(): Promise<void> {
    await this.#handle.sync();
    await this.#handle.close();
  }

  /** Closes and removes it. */
  async discard(): Promise<void> {
    await this.#handle.close().catch(() => {});
    await rm(this.#path, { force: true });
  }
}
