-- An alarm, from when it started until its cause was gone. subject: what it is about (a store, a snapshot), or ''.
CREATE TABLE alarm (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  code TEXT NOT NULL,
  subject TEXT NOT NULL,
  message TEXT NOT NULL,
  started_at TEXT NOT NULL,
  -- Since when its cause is gone; it ends when that has lasted.
  calm_since TEXT,
  ended_at TEXT
) STRICT;
CREATE UNIQUE INDEX alarm_open ON alarm (code, subject) WHERE ended_at IS NULL;

-- What is still to be told about an alarm, and where. A row goes when it is told.
CREATE TABLE alarm_notice (
  alarm_id INTEGER NOT NULL REFERENCES alarm (id),
  channel TEXT NOT NULL,
  what TEXT NOT NULL CHECK (what IN ('start', 'end')),
  PRIMARY KEY (channel, alarm_id, what)
) STRICT, WITHOUT ROWID;
