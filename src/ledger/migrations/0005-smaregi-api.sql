-- How far Smaregi was read for a source of movements. What Smaregi recorded before since is never taken.
-- levels: 1 where the contract does not let us read changes, so that levels are compared.
CREATE TABLE reading (
  source TEXT PRIMARY KEY,
  since TEXT NOT NULL,
  read_until TEXT NOT NULL,
  levels INTEGER NOT NULL CHECK (levels IN (0, 1))
) STRICT, WITHOUT ROWID;

-- The level that the movements of a row have led to, and the newest change in it ('' where only its level was read).
-- movements counts those of levels compared, and numbers their keys.
CREATE TABLE stock_level (
  product_id TEXT NOT NULL,
  store_id TEXT NOT NULL,
  level INTEGER NOT NULL,
  change_id TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  movements INTEGER NOT NULL,
  PRIMARY KEY (product_id, store_id)
) STRICT, WITHOUT ROWID;

-- Smaregi's products, as read last. managed: whether it counts their stock.
CREATE TABLE product (
  product_id TEXT PRIMARY KEY,
  product_code TEXT NOT NULL,
  managed INTEGER NOT NULL CHECK (managed IN (0, 1)),
  read_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX product_by_code ON product (product_code);

-- What Smaregi gave for an addition of ours: the id of the change that it made. Such a change is an echo.
CREATE TABLE receipt (
  change_id TEXT PRIMARY KEY,
  call_id INTEGER NOT NULL UNIQUE REFERENCES call (id)
) STRICT, WITHOUT ROWID;
