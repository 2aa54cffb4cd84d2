-- When a source was last read through to its end, whether or not it had anything new.
ALTER TABLE reading ADD COLUMN read_at TEXT;
