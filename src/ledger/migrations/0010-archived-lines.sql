-- Of the movements that left: those that transaction lines still count. quantity is the sum of these.
ALTER TABLE archive_part ADD COLUMN line_movements INTEGER NOT NULL DEFAULT 0;
UPDATE archive_part SET line_movements = movements;
