-- As before, in words that SQLite compares one by one: for a longer list behind IN it builds a table at every write.
DROP INDEX posting_open;
CREATE INDEX posting_open ON posting (state, recorded_at)
  WHERE (state = 'held' OR state = 'sending' OR state = 'in-doubt' OR state = 'refused');
