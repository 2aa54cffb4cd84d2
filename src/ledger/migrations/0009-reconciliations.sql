-- What comparisons of the OMS's levels with the ledger's found, newest last.
CREATE TABLE reconciliation (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  source TEXT NOT NULL,
  levels INTEGER NOT NULL,
  equal INTEGER NOT NULL,
  within_open INTEGER NOT NULL,
  zeroed INTEGER NOT NULL,
  lost INTEGER NOT NULL,
  doubled INTEGER NOT NULL,
  changed INTEGER NOT NULL,
  drift_file TEXT
) STRICT;
