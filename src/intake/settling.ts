/** What a look at a file shows. `modifiedAt` in epoch milliseconds. */
export interface Sighting {
  /** Which file it is, among those that are looked at. */
  path: string;
  bytes: number;
  modifiedAt: number;
  /** Where the file system tells it. */
  inode?: number;
}

/**
 * Decides when a file is complete: it looks the same (size, modification time, inode) for the settle time. The
 * rule is the same for files found at start and for those that appear later. Purely a memory of sightings; the
 * caller looks and names the time.
 */
export class Settling<Seen extends Sighting> {
  readonly #settleMs: number;
  #seen = new Map<string, Seen & { since: number }>();

  constructor(settleMs: number) {
    this.#settleMs = settleMs;
  }

  /**
   * Takes one whole look at the inbox. Returns the files that are complete, and in how many milliseconds the
   * next may be (undefined: none is on its way).
   */
  look(sightings: Seen[], now: number): { settled: Seen[]; nextInMs: number | undefined } {
    const seen = new Map<string, Seen & { since: number }>();
    const settled: Seen[] = [];
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
