import { createHash } from 'node:crypto';

/** SHA-256 of bytes that come piece by piece. */
export interface ContentHash {
  /** Adds a piece, which is the caller's again when this has returned, or resolved. */
  update(piece: Buffer): Promise<void> | void;
  /** In hex, of all pieces. Once. */
  digest(): Promise<string> | string;
}

/** Hashes in the caller's thread. */
export function contentHash(): ContentHash {
  const hash = createHash('sha256');
  return {
    update: (piece) => void hash.update(piece),
    digest: () => hash.digest('hex'),
  };
}
