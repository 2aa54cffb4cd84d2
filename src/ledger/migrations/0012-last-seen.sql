-- When the OMS was last seen not to have taken (by its import log: not to have finished) the file: it applied it later.
ALTER TABLE snapshot ADD COLUMN not_yet_at TEXT;
