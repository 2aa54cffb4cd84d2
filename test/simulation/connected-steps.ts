import fc from 'fast-check';
import type { Fault } from './journeys.ts';
import type { FeedFile } from './online-shop-model.ts';
import { rowAt } from './rows.ts';
import { pick, pieces, row, Step, type Steps, which } from './step.ts';
import type { World } from './world.ts';

// What happens besides where the retailer is connected to Smaregi.

/** Sale, return, loss, transfer, stocktaking, and additions by other applications. */
const divisions = ['02', '12', '14', '05', '08', '15', '15'];

const move: Steps = fc
  .record({ row, division: fc.constantFrom(...divisions), pieces, isUp: fc.boolean() })
  .map(({ row: index, division, pieces: count, isUp }) => {
    const isMore = division === '12' || division === '05' || (division !== '02' && division !== '14' && isUp);
    const amount = isMore ? count : -count;
    const name = `Smaregi: ${amount} of ${rowAt(index).name} (division ${division})`;
    return new Step(name, async ({ world }) => {
      await world.nextSecond();
      world.tell(name);
      world.connected?.move(rowAt(index), division, amount);
    });
  });

const order: Steps = fc.record({ row, pieces, second: fc.option(row) }).map((wanted) => {
  const lines = [{ row: rowAt(wanted.row), quantity: wanted.pieces }];
  if (wanted.second !== null && rowAt(wanted.second) !== rowAt(wanted.row)) {
    lines.push({ row: rowAt(wanted.second), quantity: 1 });
  }
  const words = lines.map((line) => `${line.quantity} of ${line.row.name}`).join(' and ');
  return new Step(`order: ${words}`, ({ world }) => {
    const placed = world.connected?.shop.place(lines);
    world.tell(`order ${placed?.name}: ${words}`);
  });
});

const pack: Steps = fc.record({ which, isWhole: fc.boolean(), isTold: fc.boolean() }).map(
  ({ which: index, isWhole, isTold }) =>
    new Step(
      `pack: ${isWhole ? 'an order' : 'a unit of an order'}${isTold ? '' : ', not in a file yet'}`,
      ({ world }) => {
        const shop = world.connected?.shop;
        const chosen = pick(shop?.open ?? [], index);
        if (!shop || !chosen) return;
        shop.pack(chosen, isWhole);
        world.tell(`${isWhole ? 'all' : 'a unit'} of order ${chosen.name} is packed`);
        if (isTold) drop(world, shop.writeFeed(), 'a file');
      },
      (world) => (world.connected?.shop.open.length ?? 0) > 0,
    ),
);

const orderAndPack: Steps = fc.record({ row, pieces }).map(
  ({ row: index, pieces: count }) =>
    new Step(`order, packed at once: ${count} of ${rowAt(index).name}`, ({ world }) => {
      const shop = world.connected?.shop;
      if (!shop) return;
      const placed = shop.place([{ row: rowAt(index), quantity: count }]);
      shop.pack(placed, true);
      world.tell(`order ${placed.name}: ${count} of ${rowAt(index).name}, packed`);
      drop(world, shop.writeFeed(), 'a file');
    }),
);

const feed: Steps = fc.constant(
  new Step('feed: a file of what was packed', ({ world }) =>
    drop(world, world.connected?.shop.writeFeed(), 'a file'),
  ),
);

const feedAgain: Steps = which.map(
  (index) =>
    new Step(
      'feed: an earlier file again',
      ({ world }) => drop(world, pick(world.connected?.shop.files ?? [], index), 'an earlier file'),
      (world) => (world.connected?.shop.files.length ?? 0) > 0,
    ),
);

/** Nothing packed is ever taken back. */
const lowerFeed: Steps = fc.record({ which, isLess: fc.boolean() }).map(
  ({ which: index, isLess }) =>
    new Step(
      `feed: a file that ${isLess ? 'lowers an earlier one' : 'says zero'}`,
      ({ world }) => {
        const earlier = pick(world.connected?.shop.files ?? [], index);
        const packed = (earlier?.packed ?? []).map((line) => ({
          ...line,
          quantity: isLess ? line.quantity - 1 : 0,
        }));
        drop(world, { packed }, 'a file that takes back');
      },
      (world) => (world.connected?.shop.files.length ?? 0) > 0,
    ),
);

function drop(world: World, file: FeedFile | undefined, what: string): void {
  if (!file) return;
  const words = file.packed.map((line) => `${line.quantity} of ${line.row.name} for ${line.order}`);
  world.tell(`${what} of packed orders comes: ${words.join(', ')}`);
  world.dropFeed(file);
}

const ship: Steps = which.map(
  (index) =>
    new Step(
      'ship: a packed order',
      ({ world }) => {
        const shop = world.connected?.shop;
        const chosen = pick(shop?.packed ?? [], index);
        if (!shop || !chosen) return;
        shop.ship(chosen);
        world.tell(`order ${chosen.name} is shipped`);
      },
      (world) => (world.connected?.shop.packed.length ?? 0) > 0,
    ),
);

const writeFaults: Fault[] = [
  'answer-lost',
  'answer-lost',
  'request-lost',
  'gateway-timeout',
  'late',
  'late',
  'not-connected',
  'throttle',
  'refuse',
  'slow',
];

const writeFault: Steps = fc.constantFrom(...writeFaults).map(
  (fault) =>
    new Step(`what Smaregi is told next goes wrong: ${fault}`, ({ world }) => {
      world.connected?.api.writeFaults.push(fault);
    }),
);

const readFault: Steps = fc.constantFrom<Fault[]>('not-connected', 'answer-lost', 'throttle', 'slow').map(
  (fault) =>
    new Step(`the next reads of Smaregi go wrong: ${fault}`, ({ world }) => {
      world.connected?.api.readFaults.push(fault, fault);
    }),
);

const tokenExpires: Steps = fc.constant(
  new Step('the token of Smaregi expires', ({ world }) => world.connected?.api.expireToken()),
);

export const connectedSteps: { weight: number; arbitrary: Steps }[] = [
  { weight: 9, arbitrary: move },
  { weight: 4, arbitrary: order },
  { weight: 5, arbitrary: pack },
  { weight: 6, arbitrary: orderAndPack },
  { weight: 3, arbitrary: feed },
  { weight: 1, arbitrary: feedAgain },
  { weight: 1, arbitrary: lowerFeed },
  { weight: 4, arbitrary: ship },
  { weight: 6, arbitrary: writeFault },
  { weight: 1, arbitrary: readFault },
  { weight: 1, arbitrary: tokenExpires },
];
