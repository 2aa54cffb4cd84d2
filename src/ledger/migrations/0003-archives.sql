-- What left the ledger for an archive file, one row for each batch, written in the transaction that deletes it.
-- movements and quantity (the sum of theirs) are what the transaction lines still count.
CREATE TABLE archive_part (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  file TEXT NOT NULL,
  at TEXT NOT NULL,
  who TEXT NOT NULL,
  movements INTEGER NOT NULL,
  calls INTEGER NOT NULL,
  quantity INTEGER NOT NULL
) STRICT;
