-- The OMS's own time of a reset is kept, or that of the sign: when it was last seen without it is of no use any more.
ALTER TABLE snapshot DROP COLUMN not_yet_at;
