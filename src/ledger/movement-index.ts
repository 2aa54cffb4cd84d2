/**
 * The index movement_by_row as SQL: a condition that changes nothing, but lets SQLite look for product_code (and
 * store_id) in each part of the index. SQLite uses an index over an expression only where that is repeated to the letter.
 */
export const inAnyPart = `movement.id >> 15 IN (
  WITH RECURSIVE part (number) AS (
    SELECT min(id) >> 15 FROM movement
    UNION ALL SELECT number + 1 FROM part WHERE number < (SELECT max(id) >> 15 FROM movement))
  SELECT number FROM part)`;
