-- As before, but in parts of 65,536 movements: a sale writes to the newest part only, which a few hundred pages hold. In
-- one index over all rows a file of sales wrote to a page of its own for nearly every line, of an index that no memory
-- holds. Whoever asks for a row asks each part.
DROP INDEX movement_by_row;
CREATE INDEX movement_by_row ON movement (id >> 16, product_code, store_id);
