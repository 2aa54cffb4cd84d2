import { type ChildProcess, fork, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deliver } from '../src/delivery/deliver.ts';
import { openRemoteFolder } from '../src/delivery/open-folder.ts';
import { systemClock } from '../src/platform/clock.ts';
import { carryOn } from '../src/platform/crash-point.ts';
import { type OpenSsh, startOpenSsh } from '../test/support/openssh.ts';
import { findProgram } from '../test/support/require-program.ts';
import { sftpPlace } from '../test/support/sftp-place.ts';
import { median } from './medians.ts';

// node bench/delivery.ts [MEGABYTES] [ROUNDS]: one upload, log-in to goodbye, by Flagship and by OpenSSH's sftp, to
// OpenSSH's server: on loopback, and through a proxy that adds a delay. Ratios are medians of those within a round.

const megabytes = Number(process.argv[2] ?? 64);
const rounds = Number(process.argv[3] ?? 5);
const sshd = findProgram('sshd');
if (!sshd) {
  console.log('sshd is not installed: left out');
  process.exit(0);
}

const folder = mkdtempSync(join(tmpdir(), 'flagship-bench-'));

const content = randomBytes(megabytes * 1e6);
const source = join(folder, 'source.csv');
writeFileSync(source, content);
const sha256 = createHash('sha256').update(content).digest('hex');
const { signal } = new AbortController();

/** All that the service does but reading the file back: temporary name, flush, size, rename. */
async function flagship(server: OpenSsh, port: number, tuned: object): Promise<number> {
  rmSync(join(folder, 'ours'), { force: true });
  const settings = { directory: folder, port, readBackMegabytes: 0, ...tuned };
  const startedAt = performance.now();
  const remote = await openRemoteFolder(sftpPlace(server, server, settings), { clock: systemClock, signal });
  const file = { path: source, name: 'ours', bytes: content.length, sha256 };
  await deliver({
    ...{ folder: remote, file, wasUploaded: false, onUploaded: () => {} },
    ...{ reached: carryOn, signal },
  });
  await remote.close();
  return (performance.now() - startedAt) / 1000;
}

async function openssh(server: OpenSsh, port: number): Promise<number> {
  const options = ['-b', '-', '-q', '-P', String(port), '-i', server.privateKey];
  const trust = ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null'];
  const startedAt = performance.now();
  const child = spawn('sftp', [...options, ...trust, `${server.username}@127.0.0.1`], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  child.stdin.end(`put -f ${source} ${join(folder, 'theirs')}\n`);
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`sftp ended with ${code}`);
  return (performance.now() - startedAt) / 1000;
}

async function proxyTo(port: number, delayMs: number): Promise<{ port: number; child: ChildProcess }> {
  const child = fork(new URL('./delaying-proxy.ts', import.meta.url), [String(port), String(delayMs)]);
  const [listening] = await once(child, 'message');
  return { port: listening as number, child };
}

const server = await startOpenSsh(sshd);
try {
  const results: Record<string, object> = {};
  for (const delayMs of [0, 20, 80]) {
    const proxy = delayMs > 0 ? await proxyTo(server.port, delayMs) : undefined;
    const port = proxy?.port ?? server.port;
    const took: { ours: number; small: number; theirs: number }[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const theirs = await openssh(server, port);
      const ours = await flagship(server, port, {});
      const small = await flagship(server, port, { requestKilobytes: 31 });
      if (statSync(join(folder, 'ours')).size !== statSync(join(folder, 'theirs')).size)
        throw new Error('not whole');
      took.push({ ours, small, theirs });
    }
    const speed = (pick: (each: (typeof took)[number]) => number) =>
      Number((megabytes / median(took.map(pick))).toFixed(1));
    const ratio = (pick: (each: (typeof took)[number]) => number) =>
      Number(median(took.map((each) => each.theirs / pick(each))).toFixed(2));
    results[delayMs === 0 ? 'loopback' : `${delayMs} ms more`] = {
      "of sftp's speed": ratio(({ ours }) => ours),
      'with writes of 31 KB': ratio(({ small }) => small),
      'MB/s': speed(({ ours }) => ours),
      '31 KB: MB/s': speed(({ small }) => small),
      'sftp: MB/s': speed(({ theirs }) => theirs),
    };
    proxy?.child.disconnect();
  }
  console.table(results);
} finally {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}
