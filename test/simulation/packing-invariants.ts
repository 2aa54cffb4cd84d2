import type { Connected } from './connected.ts';
import { type Row, rowOf, rows } from './rows.ts';
import { statementOf } from './statements.ts';
import type { World } from './world.ts';

interface Packing {
  id: number;
  store_id: string;
  product_code: string;
  quantity: number;
  state: string;
}

const packingsSql = `SELECT movement.id, store_id, product_code, quantity, state
  FROM movement JOIN posting ON movement_id = movement.id WHERE movement.destination = 'smaregi'`;
const echoesSql = `SELECT key FROM movement WHERE kind = 'echo'`;
const toldEchoesSql = `SELECT count(*) FROM movement JOIN posting ON movement_id = movement.id WHERE kind = 'echo'`;

/** What must hold of packed orders and of what comes back of them. @throws Error that says what is wrong */
export class PackingInvariants {
  readonly #world: World;
  readonly #connected: Connected;
  readonly #packings;
  readonly #echoes;
  readonly #toldEchoes;

  constructor(world: World, connected: Connected) {
    this.#world = world;
    this.#connected = connected;
    this.#packings = statementOf(world.ledger, packingsSql);
    this.#echoes = statementOf(world.ledger, echoesSql, 'pluck');
    this.#toldEchoes = statementOf(world.ledger, toldEchoesSql, 'pluck');
  }

  /** Every packing has lowered Smaregi once, or not yet; whatever we changed there is an echo here, and nothing else is. */
  checkNow(): void {
    this.#checkWrites();
    this.#checkEchoes();
  }

  /**
   * What the OMS offers of a row at rest is Smaregi's stock without what is ordered and not yet taken off there. A reset
   * may err by the orders that one side counted before it and the other after it: docs/consistency.md.
   */
  checkRow(row: Row): void {
    const { smaregi, oms } = this.#world;
    const connected = this.#connected;
    const base = oms.lastReset(row);
    const takenAt = base?.file.takenAt ?? Number.NEGATIVE_INFINITY;
    const { read } = connected;
    const untold = connected.changes
      .filter((change) => change.row === row && change.at > takenAt && !change.isOurs && !read.has(change.id))
      .reduce((sum, { quantity }) => sum + quantity, 0);
    const reserved = oms.ordered(row) - connected.lowered(row);
    const misjudged = base ? (base.gone.get(row) ?? 0) - connected.lowered(row, takenAt) : 0;
    const expected = smaregi.stock(row) - untold - reserved + misjudged;
    if (oms.level(row) === expected) return;
    throw new Error(
      `at rest the OMS offers ${oms.level(row)} of ${row.name}; Smaregi has ${smaregi.stock(row)}, ` +
        `${reserved} of them reserved, ${untold} not read, ${misjudged} misjudged by the reset`,
    );
  }

  /** Everything was read, packed, told and shipped. What was moved before the ledger had begun is in no reading. */
  checkEnd(): void {
    const { oms, smaregi } = this.#world;
    const { changes, shop, read, since } = this.#connected;
    const unread = changes.filter(({ id, at }) => at >= since && !read.has(id));
    if (unread.length > 0) throw new Error(`${unread.length} changes of stock were never read`);
    for (const row of rows) {
      const packed = shop.orders
        .flatMap(({ lines }) => lines)
        .filter((line) => line.row === row)
        .reduce((sum, { quantity }) => sum + quantity, 0);
      const lowered = this.#connected.lowered(row);
      if (lowered !== packed)
        throw new Error(`${packed} of ${row.name} were packed, Smaregi was lowered by ${lowered}`);
      if (oms.onHand(row) !== smaregi.stock(row)) {
        throw new Error(
          `the OMS has ${oms.onHand(row)} of ${row.name} on hand, Smaregi ${smaregi.stock(row)}`,
        );
      }
    }
  }

  #checkWrites(): void {
    const writes = new Map<number, { row: Row; quantity: number }[]>();
    for (const { memo, row, quantity, isOurs } of this.#connected.changes) {
      if (!isOurs) continue;
      const movementId = Number(memo.slice(memo.lastIndexOf(':') + 1));
      writes.set(movementId, [...(writes.get(movementId) ?? []), { row, quantity }]);
    }
    for (const packing of this.#packings.all() as Packing[]) {
      const made = writes.get(packing.id) ?? [];
      writes.delete(packing.id);
      checkWritesOf(packing, made);
    }
    const [unknown] = writes.keys();
    if (unknown !== undefined)
      throw new Error(`Smaregi was told of a packing ${unknown} that the ledger does not have`);
  }

  #checkEchoes(): void {
    const { changes, read } = this.#connected;
    const ours = changes.filter(({ id, isOurs }) => isOurs && read.has(id));
    const echoes = new Set(this.#echoes.all());
    const missed = ours.find(({ id }) => !echoes.has(id));
    if (missed) throw new Error(`our own change ${missed.id} (${missed.memo}) is no echo`);
    if (echoes.size > ours.length) throw new Error('a change that is not ours was taken for an echo');
    const told = this.#toldEchoes.get() as number;
    if (told > 0) throw new Error(`${told} echoes have a posting`);
  }
}

function checkWritesOf(
  { id, quantity, state, ...place }: Packing,
  made: { row: Row; quantity: number }[],
): void {
  const row = rowOf({ storeId: place.store_id, productCode: place.product_code });
  const times = made.length;
  if (times > 1) throw new Error(`packing ${id} of ${row.name} lowered Smaregi ${times} times`);
  if (state === 'posted' && times === 0)
    throw new Error(`packing ${id} of ${row.name} is told, and Smaregi has none of it`);
  if (state === 'refused' && times === 1)
    throw new Error(`packing ${id} of ${row.name} is refused, and Smaregi has it`);
  const [write] = made;
  if (write && (write.row !== row || write.quantity !== quantity)) {
    throw new Error(
      `packing ${id} says ${quantity} of ${row.name}, Smaregi ${write.quantity} of ${write.row.name}`,
    );
  }
}
