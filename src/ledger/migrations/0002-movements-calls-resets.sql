-- Facts. A row is written once and never changed, but for a call's outcome, once, from 'unknown'.

-- Smaregi's stock of (store, product) changed by quantity.
CREATE TABLE movement (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  source TEXT NOT NULL,
  key TEXT NOT NULL,
  destination TEXT NOT NULL CHECK (destination IN ('hotwax', 'smaregi')),
  store_id TEXT NOT NULL,
  product_code TEXT NOT NULL,
  kind TEXT NOT NULL,
  quantity INTEGER NOT NULL CHECK (quantity <> 0),
  -- When it happened at the till, and when Smaregi's server had it.
  occurred_at TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  UNIQUE (source, key)
) STRICT;
-- Without the time: a few movements are sorted quickly, and each page of this index that a sale touches is written.
CREATE INDEX movement_by_row ON movement (product_code, store_id);

-- We told a destination about movements. outcome_by is 'flagship', an operator's name, or how it was read back.
CREATE TABLE call (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  destination TEXT NOT NULL CHECK (destination IN ('hotwax', 'smaregi')),
  -- 0: closed without traffic (netted, written off, replayed on purpose).
  sent INTEGER NOT NULL CHECK (sent IN (0, 1)),
  sent_at TEXT NOT NULL,
  quantity INTEGER NOT NULL,
  reason TEXT NOT NULL,
  -- Not IN, for which SQLite builds a table at every write.
  outcome TEXT NOT NULL CHECK (outcome = 'unknown' OR outcome = 'accepted' OR outcome = 'refused' OR
    outcome = 'not-applied'),
  outcome_at TEXT,
  outcome_by TEXT,
  note TEXT
) STRICT;
CREATE INDEX call_unknown ON call (id) WHERE outcome = 'unknown';

CREATE TABLE call_movement (
  call_id INTEGER NOT NULL REFERENCES call (id),
  movement_id INTEGER NOT NULL REFERENCES movement (id),
  multiplicity INTEGER NOT NULL CHECK (multiplicity IN (-1, 1)),
  PRIMARY KEY (movement_id, call_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX call_movement_by_call ON call_movement (call_id, movement_id);

-- Why the outcome of a call may stay unknown: its answer was lost, or we ended before it came.
CREATE TABLE doubt (
  call_id INTEGER PRIMARY KEY REFERENCES call (id),
  at TEXT NOT NULL,
  why TEXT NOT NULL
) STRICT;

-- A person asked for a refused posting to be tried again.
CREATE TABLE replay (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  movement_id INTEGER NOT NULL REFERENCES movement (id),
  at TEXT NOT NULL,
  who TEXT NOT NULL,
  reason TEXT NOT NULL
) STRICT;
CREATE INDEX replay_by_movement ON replay (movement_id);

-- The OMS applied a snapshot, taken at taken_at, at applied_at, for the rows of its archived Reset CSV.
CREATE TABLE reset (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  snapshot_id INTEGER NOT NULL UNIQUE REFERENCES snapshot (id),
  taken_at TEXT NOT NULL,
  applied_at TEXT NOT NULL,
  known_at TEXT NOT NULL,
  who TEXT NOT NULL,
  reason TEXT NOT NULL
) STRICT;

-- Which of the resets contained the row of a movement: the (T, A) of its row when a reset's verdict was worked out.
CREATE TABLE reset_movement (
  movement_id INTEGER NOT NULL REFERENCES movement (id),
  reset_id INTEGER NOT NULL REFERENCES reset (id),
  PRIMARY KEY (movement_id, reset_id)
) STRICT, WITHOUT ROWID;

-- The newest version of a transaction line that was taken in, and its effect: the sum of its movements, all of one
-- (store, product). movements counts them, and numbers their keys.
CREATE TABLE transaction_line (
  source TEXT NOT NULL,
  transaction_id TEXT NOT NULL,
  line_id TEXT NOT NULL,
  version_at TEXT NOT NULL,
  store_id TEXT NOT NULL,
  product_code TEXT NOT NULL,
  effect INTEGER NOT NULL,
  movements INTEGER NOT NULL,
  PRIMARY KEY (source, transaction_id, line_id)
) STRICT, WITHOUT ROWID;

-- Which record reverses which transaction, so that nothing is reversed twice.
CREATE TABLE reversal (
  source TEXT NOT NULL,
  transaction_id TEXT NOT NULL,
  original_id TEXT NOT NULL,
  PRIMARY KEY (source, transaction_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX reversal_by_original ON reversal (source, original_id);

-- Derived, by the equation, in the transaction that adds a fact; "flagship ledger verify" makes it anew and compares.
-- need NULL: unknown. due_at: when a posting that waits may be tried again.
CREATE TABLE posting (
  movement_id INTEGER PRIMARY KEY REFERENCES movement (id),
  destination TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state = 'due' OR state = 'held' OR state = 'waiting' OR state = 'sending' OR
    state = 'in-doubt' OR state = 'refused' OR state = 'posted' OR state = 'absorbed'),
  need INTEGER,
  due_at TEXT,
  -- What is due goes out in this order: reductions (0) before increases (1), then the oldest.
  urgency INTEGER NOT NULL,
  recorded_at TEXT NOT NULL,
  posted_at TEXT
) STRICT;
CREATE INDEX posting_due ON posting (destination, urgency, recorded_at) WHERE state IN ('due', 'waiting');
CREATE INDEX posting_open ON posting (state, recorded_at) WHERE state IN ('held', 'sending', 'in-doubt', 'refused');
