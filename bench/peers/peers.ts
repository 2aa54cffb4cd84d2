import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { benchStores } from '../inventory-file.ts';
import { isWide } from './plan.ts';

export interface Ran {
  seconds: number;
  residentMegabytes: number;
  /** Of all threads; not known of other programs. */
  cpuSeconds?: number;
  latestMs?: number;
}

export interface Peer {
  name: string;
  /** Reads only UTF-8: it is given the same file in UTF-8. */
  needsUtf8: boolean;
  /** Its output is a Reset CSV, to be compared. */
  converts: boolean;
  run(input: string, output: string): Promise<Ran>;
}

const here = import.meta.dirname;

/** Who takes part on this machine. Flagship comes first, programs only where they are installed. */
export function peersHere(): Peer[] {
  const ours = [
    node('Flagship', join(here, '../conversion-once.ts')),
    node('DuckDB', join(here, 'duckdb.ts'), true),
    node('PapaParse', join(here, 'papaparse.ts')),
    node('csv-parse + csv-stringify', join(here, 'csv-parse.ts')),
  ];
  const python: Peer = {
    name: "Python's csv",
    needsUtf8: false,
    converts: true,
    run: async (input, output) =>
      JSON.parse(await outputOf('python3', [join(here, 'python.py'), input, output])),
  };
  const miller: Peer = {
    name: 'Miller',
    needsUtf8: true,
    converts: true,
    run: (input, output) => program('mlr', millerArguments(input, output), output),
  };
  const copy: Peer = {
    name: 'cp',
    needsUtf8: false,
    converts: false,
    run: (input, output) => program('cp', [input, output], undefined),
  };
  const installed = (command: string, peer: Peer) => {
    if (spawnSync(command, ['--version']).status === 0) return [peer];
    console.log(`${peer.name} is not installed: left out`);
    return [];
  };
  return [...ours, ...installed('python3', python), ...installed('mlr', miller), copy];
}

export function versions(): string {
  const duckdb = JSON.parse(
    readFileSync(join(here, '../../node_modules/@duckdb/node-api/package.json'), 'utf8'),
  );
  const said = (command: string) => {
    const { stdout } = spawnSync(command, ['--version'], { encoding: 'utf8' });
    return stdout ? [stdout.trim()] : [];
  };
  return [`Node ${process.version}`, `DuckDB ${duckdb.version}`, ...said('python3'), ...said('mlr')].join(
    ', ',
  );
}

function node(name: string, script: string, needsUtf8 = false): Peer {
  return {
    name,
    needsUtf8,
    converts: true,
    run: async (input, output) => JSON.parse(await outputOf(process.execPath, [script, input, output])),
  };
}

function millerArguments(input: string, output: string): string[] {
  const stores = join(dirname(output), 'miller-stores.csv');
  const key = isWide(input) ? 'store' : '店舗ID';
  const lines = benchStores(30).map((store) =>
    [
      isWide(input) ? `${store.name}在庫` : store.storeId,
      store.facilityId,
      store.externalFacilityId,
      store.locationSeqId,
    ].join(','),
  );
  writeFileSync(stores, `${key},facilityId,externalFacilityId,locationSeqId\n${lines.join('\n')}\n`);
  const quantity = isWide(input) ? 'quantity' : '在庫数';
  return [
    ...['-S', '--icsv', '--ocsv', '--from', input, '--ofs', ','],
    ...(isWide(input) ? ['reshape', '-r', '在庫$', '-o', 'store,quantity', 'then'] : []),
    ...['join', '-f', stores, '-j', key, 'then'],
    'put',
    `$idType = "UPCA"; $idValue = gsub($商品コード, "^[\\t ]+|[\\t ]+$", ""); $availableQty = $${quantity};
     filter $${quantity} =~ "^-?[0-9]+$"`,
    ...['then', 'head', '-n', '1', '-g', 'facilityId,idValue', 'then', 'cut', '-o', '-f'],
    'facilityId,externalFacilityId,locationSeqId,idType,idValue,availableQty',
  ];
}

/** A program's time from start to end; the most memory it held is asked of the system while it runs. */
function program(command: string, args: string[], output: string | undefined): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const written = output === undefined ? 'inherit' : openSync(output, 'w');
    const child = spawn(command, args, { stdio: ['ignore', written, 'inherit'] });
    let residentMegabytes = 0;
    const watch = setInterval(() => {
      try {
        const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
        const megabytes = (Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024) / 1e6;
        residentMegabytes = Math.max(residentMegabytes, megabytes);
      } catch {
        // It has ended, or this system does not say.
      }
    }, 10);
    child.on('error', reject);
    child.on('exit', (code) => {
      clearInterval(watch);
      if (typeof written === 'number') closeSync(written);
      if (code === 0) resolve({ seconds: (performance.now() - startedAt) / 1000, residentMegabytes });
      else reject(new Error(`${command} ended with ${code}`));
    });
  });
}

function outputOf(command: string, args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (piece) => {
      said += piece;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(said);
      else reject(new Error(`${command} ${args[0]} ended with ${code}`));
    });
  });
}
