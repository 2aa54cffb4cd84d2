-- What the Reset CSV of a snapshot says of a row, where somebody had to know. The file never changes, nor does this.
CREATE TABLE snapshot_row (
  snapshot_id INTEGER NOT NULL REFERENCES snapshot (id),
  store_id TEXT NOT NULL,
  product_code TEXT NOT NULL,
  -- The quantity that it sets; NULL: it has no such row.
  level INTEGER,
  PRIMARY KEY (product_code, store_id, snapshot_id)
) STRICT, WITHOUT ROWID;

-- It took the place of this: what is true of a row is true of all its movements, those to come too.
DROP TABLE reset_movement;

CREATE INDEX reset_by_taken ON reset (taken_at);
CREATE INDEX reset_by_applied ON reset (applied_at);

-- While a window is open, nobody can say on which side of the reset a call would land: the snapshot's rows are held.
-- Written when it opens; closed_at and why once, when it closes. Opened again: another row.
CREATE TABLE reset_window (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  snapshot_id INTEGER NOT NULL REFERENCES snapshot (id),
  opened_at TEXT NOT NULL,
  closed_at TEXT,
  why TEXT
) STRICT;
CREATE UNIQUE INDEX reset_window_open ON reset_window (snapshot_id) WHERE closed_at IS NULL;
CREATE INDEX reset_window_by_snapshot ON reset_window (snapshot_id);

-- When the file was seen to have left the OMS's incoming folder.
ALTER TABLE snapshot ADD COLUMN picked_up_at TEXT;

CREATE INDEX snapshot_delivered ON snapshot (state) WHERE state IN ('delivered', 'unconfirmed');
