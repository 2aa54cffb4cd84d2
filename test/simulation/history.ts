import fc from 'fast-check';
import type { Database } from '../../src/platform/database.ts';
import { nextTimeOfDay } from '../../src/platform/time-zone.ts';
import type { Figures } from './figures.ts';
import { Invariants } from './invariants.ts';
import { Operator } from './operator.ts';
import { resetRules, type Setting, timeZone } from './setting.ts';
import { ledgerInMemory } from './simulated-ledger.ts';
import type { Mutation } from './simulated-service.ts';
import { statementOf } from './statements.ts';
import type { Scene } from './step.ts';
import { stepsOf } from './steps.ts';
import { World } from './world.ts';

const minuteMs = 60_000;

/** Longer histories cost more and find nothing that shorter ones do not. */
const maxSteps = 35;

export interface HistoryOptions {
  mutation?: Mutation | undefined;
  tell?: ((line: string) => void) | undefined;
  makeLedger?: () => Database;
  figures?: Figures;
}

type HistorySteps = Iterable<fc.AsyncCommand<Scene, Scene>>;

/** How it is set up, the seed of its chances, and what happens. */
export type History = [setting: Setting, seed: number, happens: HistorySteps];

const common = {
  confirm: fc.constantFrom('schedule', 'pickup', 'data-manager'),
  concurrency: fc.integer({ min: 1, max: 3 }),
  coalesceAbove: fc.constantFrom(0, 2, 1_000),
  longestMs: fc.constantFrom(400, 1),
} satisfies { [Key in keyof Setting]?: fc.Arbitrary<Setting[Key]> };

const settings: Readonly<Record<Setting['sales'], fc.Arbitrary<Setting>>> = {
  files: fc.record({ ...common, sales: fc.constant('files'), resetBy: fc.constant('available') }),
  'stock-changes': fc.record({
    ...common,
    sales: fc.constant('stock-changes'),
    resetBy: fc.constantFrom('on-hand', 'available'),
  }),
};

/** Any history with sales from there, checked after each step and at its end. */
export function anyHistory(
  sales: Setting['sales'],
  options: HistoryOptions = {},
): fc.IAsyncPropertyWithHooks<History> {
  const happens = fc.commands([stepsOf[sales]], { maxCommands: maxSteps, size: 'max' });
  return fc.asyncProperty(settings[sales], fc.nat(), happens, async (set, seed, commands) => {
    await live([set, seed, commands], options);
  });
}

/** Lives through a history. @throws Error when it ends with something lost or doubled, or anything is not as it must be */
export async function live([set, seed, commands]: History, options: HistoryOptions): Promise<void> {
  const { mutation, tell, makeLedger = ledgerInMemory, figures } = options;
  const ledger = makeLedger();
  // Loops are woken by aborting what they sleep on, a hundred times a history; each abort would take a stack.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  const world = new World({ ledger, seed, setting: set, mutation, tell });
  try {
    const invariants = new Invariants(world);
    const scene = { world, operator: new Operator(world), check: () => invariants.checkNow() };
    world.start();
    await fc.asyncModelRun(() => ({ model: scene, real: scene }), commands);
    await comeToRest(scene);
    scene.check();
    await resetEverything(scene);
    scene.check();
    invariants.checkEnd();
    if (figures) count(figures, world);
  } finally {
    world.end();
    Error.stackTraceLimit = stackTraceLimit;
    if (makeLedger !== ledgerInMemory) ledger.close();
  }
}

/** Nothing goes wrong any more, everything comes, and every snapshot's fate is told. */
async function comeToRest({ world, operator }: Scene): Promise<void> {
  world.tell('from here on nothing goes wrong');
  world.dieAt(undefined);
  world.network.faults.length = 0;
  world.start();
  const file = world.untold();
  if (file) world.drop(file);
  await world.pass(2 * minuteMs);
  await finishOrders(world);
  await finishResets(world);
  await operator.confirmUnconfirmed();
  await drain({ world, operator });
}

/** Everything that was ordered is packed, told and shipped, and all that Smaregi knows is read. */
async function finishOrders(world: World): Promise<void> {
  const { api, shop } = world.connected ?? {};
  if (!api || !shop) return;
  api.writeFaults.length = 0;
  api.readFaults.length = 0;
  for (const order of shop.open) shop.pack(order, true);
  const file = shop.writeFeed();
  if (file) world.dropFeed(file);
  for (const order of shop.packed) shop.ship(order);
  // A doubt waits for two time-outs, what then is sent again for its answer, and what that changed for a poll.
  for (let minutes = 0; minutes < 4; minutes += 1) await world.pass(minuteMs);
}

/** What the OMS took is applied; what it never took is given up; a daily job runs once more. */
async function finishResets(world: World): Promise<void> {
  for (const job of world.job.pending) world.job.apply(job);
  if (world.setting.confirm === 'schedule') await passNextRun(world);
  else await world.pass((world.folder.names.length > 0 ? 200 : 50) * minuteMs);
}

async function drain({ world, operator }: Pick<Scene, 'world' | 'operator'>): Promise<void> {
  operator.replayRefused();
  world.wake();
  await world.pass(3 * minuteMs);
  // What Smaregi refused was sent again; what that changed there is to be read.
  if (world.connected) await world.pass(2 * minuteMs);
}

/** A snapshot of all rows, delivered and applied. */
async function resetEverything({ world, operator }: Scene): Promise<void> {
  world.tell('a last reset of every row');
  world.takeSnapshot(await world.nextSecond(), () => true);
  await world.rest();
  world.deliveries = 2;
  world.wake();
  await world.pass(minuteMs);
  if (world.setting.confirm === 'schedule') await passNextRun(world);
  else {
    world.job.takeUp(...world.folder.names);
    await world.pass(50 * minuteMs);
  }
  await drain({ world, operator });
}

async function passNextRun(world: World): Promise<void> {
  const { appliesAt, confirmMarginMinutes } = resetRules('schedule');
  const run = nextTimeOfDay(world.clock.now(), appliesAt, timeZone);
  await world.passUntil(run + (confirmMarginMinutes + 5) * minuteMs);
}

function count(figures: Figures, world: World): void {
  const { ledger, oms, connected } = world;
  const { operations, crashes } = world.figures;
  const sums = 'SELECT (SELECT count(*) FROM call WHERE sent = 1), (SELECT count(*) FROM doubt)';
  const [calls, doubts] = statementOf(ledger, sums, 'raw').get() as [number, number];
  figures.histories += 1;
  figures.operations += operations;
  figures.calls += calls;
  figures.crashes += crashes;
  figures.resets += oms.resets.length;
  figures.doubts += doubts;
  figures.packings += connected?.changes.filter(({ isOurs }) => isOurs).length ?? 0;
}
