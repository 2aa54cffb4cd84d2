import fc from 'fast-check';
import { nextTimeOfDay } from '../../src/platform/time-zone.ts';
import { connectedSteps } from './connected-steps.ts';
import type { Fault } from './journeys.ts';
import type { DeathPoint } from './life.ts';
import { rowAt, rows } from './rows.ts';
import { resetRules, type Setting, timeZone } from './setting.ts';
import type { SoldLine, Transaction } from './smaregi-model.ts';
import { pick, pieces, row, Step, type Steps, which } from './step.ts';
import type { World } from './world.ts';

const minuteMs = 60_000;

function line(lineId: string, index: number, count: number, isReturn: boolean): SoldLine {
  return { lineId, row: rowAt(index), pieces: count, isReturn };
}

/** The newest version comes to us in a file at once, or later. */
function upload(world: World, transaction: Transaction, isUploaded: boolean): void {
  if (isUploaded) world.drop({ shows: [{ transaction, version: transaction.versions.length - 1 }] });
}

const sale: Steps = fc
  .record({ row, pieces, second: fc.option(row), now: fc.boolean(), isReturn: fc.constant(false) })
  .map((sold) => sell(sold));

const giveBack: Steps = fc
  .record({ row, pieces, second: fc.constant(null), now: fc.boolean(), isReturn: fc.constant(true) })
  .map((sold) => sell(sold));

function sell(sold: {
  row: number;
  pieces: number;
  second: number | null;
  now: boolean;
  isReturn: boolean;
}): Step {
  const lines = [line('1', sold.row, sold.pieces, sold.isReturn)];
  if (sold.second !== null) lines.push(line('2', sold.second, 1, false));
  const words = lines.map(({ row: { name }, pieces: count }) => `${count} of ${name}`).join(' and ');
  const name = `${sold.isReturn ? 'return' : 'sale'}: ${words}${sold.now ? '' : ', not uploaded yet'}`;
  return new Step(name, async ({ world }) => {
    const at = await world.nextSecond();
    const transaction = world.smaregi.sell(at, lines);
    world.tell(`${name} (transaction ${transaction.id})`);
    upload(world, transaction, sold.now);
  });
}

const open = (world: World) =>
  world.smaregi.transactions.filter((transaction) => transaction.versions.at(-1)?.isCancelled === false);

const edit: Steps = fc.record({ which, row, pieces, more: fc.boolean(), now: fc.boolean() }).map(
  (change) =>
    new Step(
      `edit: a transaction becomes ${change.pieces} of ${rowAt(change.row).name}`,
      async ({ world }) => {
        const transaction = pick(open(world), change.which);
        const before = transaction?.versions.at(-1)?.lines;
        if (!transaction || !before) return;
        const first = { ...line('1', change.row, change.pieces, before[0]?.isReturn ?? false) };
        const rest = change.more ? [line('2', change.row + 1, 1, false)] : [];
        const at = await world.nextSecond();
        world.smaregi.edit(at, transaction, [first, ...rest]);
        const words = [first, ...rest].map((one) => `${one.pieces} of ${one.row.name}`).join(' and ');
        world.tell(
          `edit: transaction ${transaction.id} becomes ${words}${change.now ? '' : ', not uploaded yet'}`,
        );
        upload(world, transaction, change.now);
      },
      (world) => open(world).length > 0,
    ),
);

const cancel: Steps = fc.record({ which, now: fc.boolean() }).map(
  ({ which: index, now }) =>
    new Step(
      'cancel: a transaction',
      async ({ world }) => {
        const transaction = pick(open(world), index);
        if (!transaction) return;
        const at = await world.nextSecond();
        world.smaregi.cancel(at, transaction);
        world.tell(`cancel: transaction ${transaction.id}${now ? '' : ', not uploaded yet'}`);
        upload(world, transaction, now);
      },
      (world) => open(world).length > 0,
    ),
);

const lateUpload: Steps = fc.constant(
  new Step(
    'late upload: everything that no file told yet',
    ({ world }) => {
      const file = world.untold();
      world.tell(`a file with ${file?.shows.length ?? 0} transactions comes late`);
      if (file) world.drop(file);
    },
    (world) => world.untold() !== undefined,
  ),
);

const sameFileAgain: Steps = which.map(
  (index) =>
    new Step(
      'the same file again',
      ({ world }) => {
        const file = pick(world.files, index);
        world.tell('a file comes again');
        if (file) world.drop(file);
      },
      (world) => world.files.length > 0,
    ),
);

/** Mostly all rows are accepted; which are rejected is a mask. */
const mask = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 14 }) },
);

/** How far a snapshot gets at once. */
const reach = fc.constantFrom('taken', 'delivered', 'applied');

const snapshot: Steps = fc.record({ mask, reach }).map((taken) => {
  const rejected = rows.filter((_, index) => taken.mask & (1 << index));
  const without = rejected.length > 0 ? `, without ${rejected.map((one) => one.name).join(', ')}` : '';
  const name = `snapshot${without}${taken.reach === 'taken' ? '' : `, ${taken.reach} at once`}`;
  return new Step(name, async ({ world }) => {
    const at = await world.nextSecond();
    world.tell(name);
    world.takeSnapshot(at, (one) => !rejected.includes(one));
    if (taken.reach === 'taken') return;
    world.letDeliver();
    await world.rest();
    const [oldest] = world.folder.names;
    if (taken.reach === 'applied' && oldest !== undefined && canTakeUp(world, oldest)) {
      world.job.takeUp(oldest);
      for (const job of world.job.pending) world.job.apply(job);
    }
  });
});

const deliver: Steps = fc.constant(
  new Step('deliver: the snapshot that is due', ({ world }) => {
    world.letDeliver();
  }),
);

const isByChoice = (world: World) => world.setting.confirm !== 'schedule';

/**
 * The OMS takes a file after another is done with. By pickup also after we know that: of two that were taken between
 * two looks in another order than that of their names nobody here could know the order.
 */
function canTakeUp(world: World, name: string | undefined): boolean {
  if (name === undefined || world.job.isBusy || !isByChoice(world)) return false;
  if (world.setting.confirm === 'data-manager') return true;
  return world.job.imports.every(
    (other) =>
      other.status === 'failed' || ['applied', 'unconfirmed'].includes(world.stateOf(other.name) ?? ''),
  );
}

const pickUp: Steps = fc.constantFrom('the oldest file', 'the newest file', 'every file').map((what) => {
  const found = ({ folder: { names } }: World) => {
    if (what === 'every file') return names;
    return what === 'the oldest file' ? names.slice(0, 1) : names.slice(-1);
  };
  return new Step(
    `pick up: the OMS takes ${what}`,
    ({ world }) => world.job.takeUp(...found(world)),
    (world) => canTakeUp(world, found(world)[0]),
  );
});

const apply: Steps = fc.constant(
  new Step(
    'apply: the OMS applies what it took',
    ({ world }) => {
      for (const job of world.job.pending) world.job.apply(job);
    },
    (world) => isByChoice(world) && world.job.pending.length > 0,
  ),
);

/** With what was sold before the snapshot and is uploaded only now: told after a reset that contains it. */
const applyLate: Steps = fc.boolean().map(
  (isUploadLate) =>
    new Step(
      `apply late: after everybody gave up waiting${isUploadLate ? ', and a late upload' : ''}`,
      async ({ world }) => {
        await world.pass(200 * minuteMs);
        const [name] = world.folder.names;
        if (name !== undefined && canTakeUp(world, name)) world.job.takeUp(name);
        for (const job of world.job.pending) world.job.apply(job);
        const file = isUploadLate ? world.untold() : undefined;
        if (file) world.drop(file);
        await world.pass(minuteMs);
      },
      (world) => canTakeUp(world, world.folder.names[0]),
    ),
);

async function sellOne(world: World, sold: { row: number; pieces: number }): Promise<void> {
  const at = await world.nextSecond();
  const words = `sale: ${sold.pieces} of ${rowAt(sold.row).name}`;
  if (world.connected) {
    world.tell(words);
    world.connected.move(rowAt(sold.row), '02', -sold.pieces);
    return;
  }
  const transaction = world.smaregi.sell(at, [line('1', sold.row, sold.pieces, false)]);
  world.tell(`${words} (transaction ${transaction.id})`);
  upload(world, transaction, true);
}

/** Two snapshots and a sale between them; the OMS applies the newer first. */
const applyOutOfOrder: Steps = fc.record({ row, pieces }).map(
  (sold) =>
    new Step(
      'apply out of order: the newer of two snapshots first',
      async ({ world }) => {
        for (const isFirst of [true, false]) {
          world.takeSnapshot(await world.nextSecond(), () => true);
          world.letDeliver();
          await world.rest();
          if (!isFirst) continue;
          await sellOne(world, sold);
        }
        await world.pass(3 * minuteMs);
        for (const name of world.folder.names.reverse()) {
          if (!canTakeUp(world, name)) continue;
          world.job.takeUp(name);
          for (const job of world.job.pending) world.job.apply(job);
          await world.pass(50 * minuteMs);
        }
      },
      (world) => isByChoice(world) && !world.job.isBusy,
    ),
);

const neverApply: Steps = fc.constant(
  new Step(
    'never apply: the oldest file is of no use to the OMS',
    async ({ world, operator }) => {
      const [name] = world.folder.names;
      if (name !== undefined && world.setting.confirm === 'data-manager' && canTakeUp(world, name)) {
        world.job.takeUp(name);
        for (const job of world.job.pending) world.job.fail(job);
      }
      await world.pass(200 * minuteMs);
      await operator.confirmUnconfirmed();
    },
    (world) => canTakeUp(world, world.folder.names[0]),
  ),
);

const learnDaysLater: Steps = fc.constant(
  new Step(
    'learn days later: the operator says what became of every unconfirmed snapshot',
    async ({ world, operator }) => {
      await world.pass(2 * 24 * 60 * minuteMs);
      await operator.confirmUnconfirmed();
      world.wake();
    },
    isByChoice,
  ),
);

function fault(name: string, kind: Fault): Steps {
  return fc.constant(
    new Step(name, ({ world }) => {
      world.network.faults.push(kind);
    }),
  );
}

const faults: Steps = fc.oneof(
  fault('the next answer is lost', 'answer-lost'),
  fault('a gateway answers for the OMS next', 'gateway-timeout'),
  fault('the next request is lost on its way', 'request-lost'),
  fault('the next connection is refused', 'not-connected'),
  fault('the OMS throttles the next call', 'throttle'),
  fault('the OMS refuses the next call', 'refuse'),
  fault('the next call is slow', 'slow'),
  fault('the next call is slow', 'slow'),
);

const tokenExpires: Steps = fc.constant(
  new Step('the token expires', ({ world }) => world.network.expireToken()),
);

const replay: Steps = fc.constant(
  new Step('replay: everything that was refused', ({ world, operator }) => {
    world.tell(`the operator replays ${operator.replayRefused()} postings`);
    world.wake();
  }),
);

const settle: Steps = fc.constant(
  new Step('settle: every doubt, as it was', ({ world, operator }) => {
    if (world.isUp && world.network.underWay > 0) return;
    world.tell(`the operator settles ${operator.settleDoubts()} doubts`);
  }),
);

const points: DeathPoint[] = [
  'before-commit',
  'committed',
  'noted',
  'request-left',
  'request-applied',
  'answered',
  'ingesting',
  'recorded',
  'upload-half',
  'remote-before-rename',
  'remote-after-rename',
  'reset-looked-up',
  'reset-known',
];

const crashAt: Steps = fc
  .record({ point: fc.constantFrom(...points), times: fc.integer({ min: 1, max: 4 }) })
  .map(
    (death) => new Step(`crash at ${death.point} (${death.times})`, ({ world }) => world.dieAt({ ...death })),
  );

const restart: Steps = fc.constant(
  new Step(
    'restart',
    ({ world }) => world.start(),
    (world) => !world.isUp,
  ),
);

const tick: Steps = fc
  .constantFrom(2_000, 40_000, 10 * minuteMs, 50 * minuteMs, 4 * 60 * minuteMs)
  .map((ms) => new Step(`tick: ${ms / 1_000} s`, ({ world }) => world.pass(ms)));

/** Around the OMS's daily run, where there is one. */
const night: Steps = fc.constantFrom(-20, -3, 1, 50).map(
  (minutes) =>
    new Step(
      `tick: until ${minutes} minutes after the OMS's next run`,
      async ({ world }) => {
        const { appliesAt } = resetRules(world.setting.confirm);
        const run = nextTimeOfDay(world.clock.now() - minutes * minuteMs, appliesAt, timeZone);
        await world.passUntil(run + minutes * minuteMs);
      },
      (world) => world.setting.confirm === 'schedule',
    ),
);

interface Weighted {
  weight: number;
  arbitrary: Steps;
}

/** Sales that come in files. */
const salesSteps: Weighted[] = [
  { weight: 9, arbitrary: sale },
  { weight: 2, arbitrary: giveBack },
  { weight: 3, arbitrary: edit },
  { weight: 3, arbitrary: cancel },
  { weight: 4, arbitrary: lateUpload },
  { weight: 1, arbitrary: sameFileAgain },
];

const commonSteps: Weighted[] = [
  { weight: 7, arbitrary: snapshot },
  { weight: 2, arbitrary: deliver },
  { weight: 4, arbitrary: pickUp },
  { weight: 4, arbitrary: apply },
  { weight: 3, arbitrary: applyLate },
  { weight: 2, arbitrary: applyOutOfOrder },
  { weight: 1, arbitrary: neverApply },
  { weight: 3, arbitrary: learnDaysLater },
  { weight: 6, arbitrary: faults },
  { weight: 1, arbitrary: tokenExpires },
  { weight: 1, arbitrary: replay },
  { weight: 1, arbitrary: settle },
  { weight: 4, arbitrary: crashAt },
  { weight: 4, arbitrary: restart },
  { weight: 6, arbitrary: tick },
  { weight: 5, arbitrary: night },
];

/** Everything that may happen, as often as makes histories tell much. */
export const stepsOf: Readonly<Record<Setting['sales'], Steps>> = {
  files: fc.oneof(...salesSteps, ...commonSteps),
  'stock-changes': fc.oneof(...connectedSteps, ...commonSteps),
};
