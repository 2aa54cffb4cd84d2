import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type InventoryShape, writeInventoryFile } from './inventory-file.ts';
import { median } from './medians.ts';
import { type Peer, peersHere, type Ran, versions } from './peers/peers.ts';
import { rowDigest } from './row-digest.ts';

// node bench/conversion.ts [--millions 1,5] [--rounds 5] [--shapes utf8-plain,…] [--peers DuckDB,…]: the same files through Flagship and its peers, side by side.
// In a round each peer has one turn, in a process of its own; ratios are medians of the ratios within a round. What the
// peers write is compared before any time is told.

const { values } = parseArgs({
  options: {
    millions: { type: 'string', default: '1,5' },
    rounds: { type: 'string', default: '5' },
    shapes: { type: 'string', default: '' },
    peers: { type: 'string', default: '' },
  },
});
const rounds = Number(values.rounds);

const shapes: Record<string, Omit<InventoryShape, 'rows'>> = {
  'utf8-plain': { stores: 30, encoding: 'utf-8', quoted: false },
  'utf8-quoted': { stores: 30, encoding: 'utf-8', quoted: true },
  'cp932-quoted': { stores: 30, encoding: 'cp932', quoted: true },
  'utf8-wide': { stores: 30, encoding: 'utf-8', quoted: false, wide: true },
};

const folder = mkdtempSync(join(tmpdir(), 'flagship-bench-'));
const peers = peersHere().filter(
  ({ name }, index) => index === 0 || values.peers.includes(values.peers && name),
);

async function compare(input: string, twin: string): Promise<Map<Peer, Ran[]>> {
  const output = join(folder, 'out.csv');
  const run = (peer: Peer) => peer.run(peer.needsUtf8 ? twin : input, output);
  let expected: string | undefined;
  for (const peer of peers.filter(({ converts }) => converts)) {
    await run(peer);
    const digest = await rowDigest(output);
    expected ??= digest;
    if (digest !== expected)
      throw new Error(`${peer.name} writes ${digest}, not ${expected} as Flagship does`);
  }
  const ran = new Map<Peer, Ran[]>(peers.map((peer) => [peer, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const peer of peers) ran.get(peer)?.push(await run(peer));
  }
  return ran;
}

function table(ran: Map<Peer, Ran[]>, megabytes: number): Record<string, object> {
  const ours = ran.get(peers[0] as Peer) ?? [];
  return Object.fromEntries(
    [...ran].map(([{ name }, runs]) => [
      name,
      {
        'times the time of Flagship': Number(
          median(runs.map(({ seconds }, round) => seconds / (ours[round]?.seconds ?? Number.NaN))).toFixed(2),
        ),
        seconds: Number(median(runs.map(({ seconds }) => seconds)).toFixed(2)),
        'MB/s': Math.round(megabytes / median(runs.map(({ seconds }) => seconds))),
        'CPU seconds': median(runs.map(({ cpuSeconds = Number.NaN }) => cpuSeconds))
          .toFixed(2)
          .replace('NaN', ''),
        'resident MB': Math.round(Math.max(...runs.map(({ residentMegabytes }) => residentMegabytes))),
      },
    ]),
  );
}

try {
  const [cpu] = cpus();
  console.log(
    `${availableParallelism()} cores of ${cpu?.model}, ${versions()}, ${new Date().toISOString().slice(0, 10)}`,
  );
  for (const millions of values.millions.split(',')) {
    for (const [name, shape] of Object.entries(shapes)) {
      if (!values.shapes.includes(values.shapes && name)) continue;
      const input = join(folder, `${name}.csv`);
      const twin = join(folder, `${name.replace('cp932', 'utf8')}-twin.csv`);
      const rows = Number(millions) * 1e6;
      await writeInventoryFile(input, { ...shape, rows });
      if (shape.encoding === 'utf-8') copyFileSync(input, twin);
      else await writeInventoryFile(twin, { ...shape, rows, encoding: 'utf-8' });
      const megabytes = statSync(input).size / 1e6;
      const ran = await compare(input, twin);
      console.log(`\n${millions} million rows, ${name}, ${Math.round(megabytes)} MB, ${rounds} rounds`);
      console.table(table(ran, megabytes));
      rmSync(input);
      rmSync(twin);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
