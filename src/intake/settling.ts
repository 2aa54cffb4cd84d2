/** What a look at a file in the inbox shows. `modifiedAt` in epoch milliseconds. */
export interface Sighting {
  path: string;
  /** The same path in the bytes that the file system has, which need not be UTF-8. */
  location: Buffer;
  bytes: number;
  modifiedAt: number;
  inode: number;
}

/**
 * Decides when a file is complete: it looks the same (size, modification time, inode) for the settle time. The
 * rule is the same for files found at start and for those that appear later. Purely a memory of sightings; the
 * caller looks and names the time.
 */
export class Settling {
  readonly #settleMs: number;
  #seen = new Map<string, Sighting & { since: number }>();

  constructor(settleMs: number) {
    this.#settleMs = settleMs;
  }

  /**
   * Takes one whole look at the inbox. Returns the files that are complete, and in how many milliseconds the
   * next may be (undefined: none is on its way).
   */
  look(sightings: Sighting[], now: number): { settled: Sighting[]; nextInMs: number | undefined } {
    const seen = new Map<string, Sighting & { since: number }>();
    const settled: Sighting[] = [];
    let nextInMs: number | undefined;
    for (const sighting of sightings) {
      const before = this.#seen.get(sighting.path);
      // A clock set back must not keep a file waiting for ever: start again from now.
      const since = before && same(before, sighting) && before.since <= now ? before.since : now;
      seen.set(sighting.path, { ...sighting, since });
      const remainingMs = since + this.#settleMs - now;
      if (remainingMs <= 0) settled.push(sighting);
      else nextInMs = Math.min(nextInMs ?? remainingMs, remainingMs);
    }
    this.#seen = seen;
    return { settled, nextInMs };
  }
}

function same(a: Sighting, b: Sighting): boolean {
  return a.bytes === b.bytes && a.modifiedAt === b.modifiedAt && a.inode === b.inode;
}
