// The conditions of the indexes posting_due and posting_open, as SQL. SQLite uses an index over a part of a table only
// where its condition is repeated to the letter.

/** Postings whose turn comes, now or later. */
export const isDue = `state IN ('due', 'waiting')`;

/** Postings that are neither due nor closed. */
export const isOpen = `(state = 'held' OR state = 'sending' OR state = 'in-doubt' OR state = 'refused')`;
