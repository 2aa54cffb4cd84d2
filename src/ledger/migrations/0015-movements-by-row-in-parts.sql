-- As before, but in parts of 32,768 movements: a sale writes to the newest part only, which a few hundred pages hold. In
-- one index over all rows a file of sales wrote to a page of its own for nearly every line, of an index that no memory
-- holds. Whoever asks for a row asks each part.
DROP INDEX movement_by_row;
CREATE INDEX movement_by_row ON movement (id >> 15, product_code, store_id);
