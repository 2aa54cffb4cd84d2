-- Each start of posting. The notes of which calls have left are kept beside the ledger, and count only where they bear
-- the name of its last run: those of another ledger, or of one that was brought back from a backup, say nothing.
CREATE TABLE posting_run (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  destination TEXT NOT NULL,
  name TEXT NOT NULL UNIQUE,
  started_at TEXT NOT NULL
) STRICT;
