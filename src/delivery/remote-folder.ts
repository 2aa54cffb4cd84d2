export interface RemoteEntry {
  name: string;
  kind: 'file' | 'directory' | 'other';
  bytes: number;
  /** Milliseconds since the epoch, as the other side's clock has it; whole seconds over SFTP. */
  modifiedAt: number;
}

/**
 * A place where files are handed over, near or far: the few operations that delivery and fetching are made of.
 * Paths are absolute, or relative to where the other side puts us, and always with `/`. Every operation either
 * does what it says or rejects with a Problem `delivery-…`; none waits for ever.
 */
export interface RemoteFolder {
  /** For people: which place this is. */
  readonly address: string;
  /** Where others look for files. */
  readonly directory: string;
  /** Where a file is while it is written; may be the same as `directory`. */
  readonly temporaryDirectory: string;
  /** Files up to this size are worth reading back after they were written. */
  readonly readBackBytes: number;
  /** Bytes that one piece of what is written should have. */
  readonly requestBytes: number;

  list(directory: string): Promise<RemoteEntry[]>;
  /** Bytes of the file at `path`, or undefined when there is nothing. */
  size(path: string): Promise<number | undefined>;
  /** The content from start to end. */
  read(path: string): AsyncIterable<Uint8Array>;
  /**
   * Creates or truncates the file at `path` and writes `content`. Resolves when all of it is written and, where
   * the other side can, on its disk. `onWritten` gets the bytes confirmed so far. What `content` throws comes
   * out unchanged.
   */
  write(path: string, content: AsyncIterable<Uint8Array>, onWritten: (bytes: number) => void): Promise<void>;
  /**
   * Gives the file at `from` the name `to`: in one step where the other side can. May replace a file that is at
   * `to`, so that the caller looks first.
   */
  rename(from: string, to: string): Promise<void>;
  /** Makes a directory at `path`, where nothing is yet. */
  makeDirectory(path: string): Promise<void>;
  /** Removes the file at `path`; nothing there is fine. */
  remove(path: string): Promise<void>;
  /** Ends the connection. Never rejects. */
  close(): Promise<void>;
}

/** Bytes of one request that every server takes: the least that it must accept is 34,000 with the headers. */
export const requestBytes = 31 * 1024;
