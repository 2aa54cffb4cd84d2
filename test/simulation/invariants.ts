import { PackingInvariants } from './packing-invariants.ts';
import { type Row, rows } from './rows.ts';
import { statementOf } from './statements.ts';
import type { World } from './world.ts';

// The equation of docs/decisions/0005-states-are-derived.md once more, from facts, without the product's code.

interface Kept {
  id: number;
  destination: string;
  store_id: string;
  product_code: string;
  recorded_at: string;
  state: string;
  need: number | null;
}

interface Call {
  movement_id: number;
  multiplicity: number;
  sent_at: string;
  outcome: string;
}

interface Reset {
  name: string;
  taken_at: string;
  applied_at: string;
}

const keptSql = `SELECT movement.id, movement.destination, store_id, product_code, movement.recorded_at, state, need
  FROM movement JOIN posting ON movement_id = movement.id`;
const callsSql = `SELECT movement_id, multiplicity, sent_at, outcome FROM call_movement JOIN call ON call.id = call_id`;
const resetsSql = `SELECT reset_name AS name, reset.taken_at, reset.applied_at
  FROM reset JOIN snapshot ON snapshot.id = snapshot_id ORDER BY reset.applied_at, reset.taken_at`;

/** What the ledger says of a history; read anew after each step. */
interface Books {
  kept: Kept[];
  calls: Map<number, Call[]>;
  resets: Reset[];
}

/** Checks a world after each of its steps. @throws Error that says what is wrong */
export class Invariants {
  readonly #world: World;
  readonly #kept;
  readonly #calls;
  readonly #resets;
  readonly #packing: PackingInvariants | undefined;

  constructor(world: World) {
    this.#world = world;
    this.#kept = statementOf(world.ledger, keptSql);
    this.#calls = statementOf(world.ledger, callsSql);
    this.#resets = statementOf(world.ledger, resetsSql);
    if (world.connected) this.#packing = new PackingInvariants(world, world.connected);
  }

  /** What must hold at any time, and what must hold for the rows that are at rest. */
  checkNow(): void {
    const [fault] = this.#world.faults;
    if (fault !== undefined) throw fault;
    const books = this.#read();
    for (const posting of books.kept) checkNeed(posting, books, this.#world);
    this.#packing?.checkNow();
    if (this.#world.inbox.length > 0 || this.#world.network.underWay > 0) return;
    for (const row of rows) if (this.#isAtRest(row, books)) this.#checkRow(row);
  }

  /** What must hold after a reset of all rows, when everything has been told. */
  checkEnd(): void {
    const { smaregi, oms } = this.#world;
    const open = this.#read().kept.filter(({ need }) => need !== 0);
    if (open.length > 0) {
      throw new Error(`not at rest: ${open.map(({ id, state }) => `posting ${id} is ${state}`).join(', ')}`);
    }
    const wrong = rows
      .filter((row) => oms.level(row) !== smaregi.stock(row))
      .map((row) => difference(row, oms.level(row), smaregi.stock(row)));
    if (wrong.length > 0) throw new Error(`after the last reset ${wrong.join('; ')}`);
    this.#packing?.checkEnd();
  }

  /** Whether of a row everything is told, without a doubt, and every reset is known. */
  #isAtRest(row: Row, { kept, resets }: Books): boolean {
    if (kept.some((one) => one.destination === 'hotwax' && isOf(row, one) && one.need !== 0)) {
      return false;
    }
    const known = new Set(resets.map(({ name }) => name));
    return this.#world.oms.resets.every(({ name, file }) => !file.levels.has(row) || known.has(name));
  }

  #checkRow(row: Row): void {
    const { oms, changesTold } = this.#world;
    const base = oms.lastReset(row);
    const takenAt = base?.file.takenAt ?? Number.NEGATIVE_INFINITY;
    const ordered = oms.ordered(row) - (base?.gone.get(row) ?? 0);
    const expected = changesTold.reduce(
      (sum, change) => (change.row === row && change.at > takenAt ? sum + change.quantity : sum),
      (base?.file.levels.get(row) ?? oms.opening) - ordered,
    );
    if (oms.level(row) !== expected) {
      throw new Error(`at rest ${difference(row, oms.level(row), expected)}`);
    }
    this.#packing?.checkRow(row);
  }

  #read(): Books {
    const calls = new Map<number, Call[]>();
    for (const call of this.#calls.all() as Call[]) {
      const of = calls.get(call.movement_id);
      if (of) of.push(call);
      else calls.set(call.movement_id, [call]);
    }
    return { kept: this.#kept.all() as Kept[], calls, resets: this.#resets.all() as Reset[] };
  }
}

function checkNeed(posting: Kept, { calls, resets }: Books, { job }: World): void {
  const row = rows.find((one) => isOf(one, posting));
  // Smaregi's stock is never reset.
  const base =
    posting.destination === 'hotwax'
      ? resets.findLast(({ name }) => row && job.files.get(name)?.levels.has(row))
      : undefined;
  const told = (calls.get(posting.id) ?? []).filter(({ sent_at }) => !base || sent_at > base.applied_at);
  const isUnknown = told.some(({ outcome }) => outcome === 'unknown');
  const wanted = !base || posting.recorded_at > base.taken_at ? 1 : 0;
  const sum = told.reduce(
    (total, { outcome, multiplicity }) => total + (outcome === 'accepted' ? multiplicity : 0),
    0,
  );
  const need = isUnknown ? null : wanted - sum;
  // Held without a known need: nobody has looked yet whether a reset has its row. It is not told meanwhile.
  if (posting.state === 'held' && posting.need === null) return;
  if (posting.need === need && isNamedRightly(posting.state, need)) return;
  throw new Error(
    `posting ${posting.id} of ${row?.name} is ${posting.state} with need ${posting.need}; its facts say ${need}`,
  );
}

function isNamedRightly(state: string, need: number | null): boolean {
  if (need === null) return state === 'sending' || state === 'in-doubt';
  if (need === 0) return state === 'posted' || state === 'absorbed';
  return ['due', 'held', 'waiting', 'refused'].includes(state);
}

function isOf(row: Row, place: { store_id: string; product_code: string }): boolean {
  return row.storeId === place.store_id && row.productCode === place.product_code;
}

/** A row that shows too many pieces sells what is gone: something was lost. One that shows too few was told twice. */
function difference(row: Row, found: number, expected: number): string {
  const pieces = Math.abs(found - expected);
  const what = found > expected ? 'lost' : 'doubled';
  return `${row.name} is ${found} in the OMS and should be ${expected}: ${pieces} ${what}`;
}
