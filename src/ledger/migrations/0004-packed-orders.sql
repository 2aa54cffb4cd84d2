-- Files that could be read at the OMS's place and not be taken away from there, so that they are fetched once.
CREATE TABLE fetched (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  place TEXT NOT NULL,
  name TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  modified_at TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  at TEXT NOT NULL,
  UNIQUE (place, name, bytes, modified_at)
) STRICT;
