-- Every file that was taken from the inbox, once its fate is known. A file that is still being read has no row:
-- it is in work/, and that is its record.
CREATE TABLE file (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  feed TEXT NOT NULL CHECK (feed IN ('inventory', 'sales', 'fulfilled')),
  work_name TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  content_sha256 TEXT,
  modified_at TEXT NOT NULL,
  finished_at TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('accepted', 'repeated', 'refused')),
  reason TEXT,
  message TEXT,
  kept_as TEXT NOT NULL,
  rejected_as TEXT
) STRICT;
CREATE INDEX file_by_content ON file (feed, content_sha256) WHERE outcome = 'accepted';
CREATE INDEX file_by_sha256 ON file (feed, sha256) WHERE outcome = 'accepted';

CREATE TABLE snapshot (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  file_id INTEGER NOT NULL UNIQUE REFERENCES file (id),
  taken_at TEXT NOT NULL,
  correction INTEGER NOT NULL CHECK (correction IN (0, 1)),
  reset_name TEXT NOT NULL UNIQUE,
  reset_bytes INTEGER NOT NULL,
  reset_sha256 TEXT NOT NULL,
  row_count INTEGER NOT NULL,
  written INTEGER NOT NULL,
  rejected INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN
    ('held', 'ready', 'delivering', 'delivered', 'applied', 'unconfirmed', 'superseded', 'discarded')),
  reason TEXT,
  -- Set, and committed, before the remote rename: from then on the OMS may have the file, at that address.
  uploaded_at TEXT,
  uploaded_to TEXT,
  delivered_at TEXT,
  applied_at TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  problem_code TEXT,
  problem_message TEXT,
  problem_at TEXT
) STRICT;
CREATE INDEX snapshot_open ON snapshot (state) WHERE state IN ('held', 'ready', 'delivering');

-- What a snapshot says of each store: rows written and units (the sum of positive quantities).
CREATE TABLE snapshot_store (
  snapshot_id INTEGER NOT NULL REFERENCES snapshot (id),
  store_id TEXT NOT NULL,
  row_count INTEGER NOT NULL,
  units INTEGER NOT NULL,
  PRIMARY KEY (snapshot_id, store_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX snapshot_store_by_store ON snapshot_store (store_id, snapshot_id);

-- The history of every snapshot: each change of state, by whom and why.
CREATE TABLE snapshot_event (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  snapshot_id INTEGER NOT NULL REFERENCES snapshot (id),
  at TEXT NOT NULL,
  state TEXT NOT NULL,
  who TEXT NOT NULL,
  reason TEXT
) STRICT;
CREATE INDEX snapshot_event_by_snapshot ON snapshot_event (snapshot_id);
