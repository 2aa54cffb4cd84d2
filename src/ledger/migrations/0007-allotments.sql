-- The split of a warehouse's stock between B2B and B2C, as far as a person has uploaded it: the newest row of a product
-- is what the next split is compared with.
CREATE TABLE allotment (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  who TEXT NOT NULL,
  store_id TEXT NOT NULL,
  absolute INTEGER NOT NULL CHECK (absolute IN (0, 1)),
  input_sha256 TEXT NOT NULL,
  output_sha256 TEXT NOT NULL
) STRICT;

CREATE TABLE allotment_row (
  store_id TEXT NOT NULL,
  product_code TEXT NOT NULL,
  allotment_id INTEGER NOT NULL REFERENCES allotment (id),
  b2b INTEGER NOT NULL,
  b2c INTEGER NOT NULL,
  PRIMARY KEY (store_id, product_code, allotment_id)
) STRICT, WITHOUT ROWID;
