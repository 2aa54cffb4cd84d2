import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export interface OpenSsh {
  port: number;
  username: string;
  /** The key that may log in, and one that may not. */
  privateKey: string;
  strangeKey: string;
  fingerprint: string;
  close(): Promise<void>;
}

/** OpenSSH's own server on a free loopback port, as the current user, with keys made for it. */
export async function startOpenSsh(program: string, options: { readOnly?: boolean } = {}): Promise<OpenSsh> {
  const folder = mkdtempSync(join(tmpdir(), 'flagship-sshd-'));
  const key = (name: string) => {
    const path = join(folder, name);
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', path]);
    return path;
  };
  const [hostKey, privateKey, strangeKey] = [key('host'), key('ours'), key('strange')];
  const port = await freePort();
  // sshd insists on its folder when it is started by root.
  if (userInfo().uid === 0 && !existsSync('/run/sshd')) mkdirSync('/run/sshd', { mode: 0o755 });
  const settings = [
    `ListenAddress 127.0.0.1:${port}`,
    `HostKey ${hostKey}`,
    `AuthorizedKeysFile ${privateKey}.pub`,
    'PidFile none',
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin prohibit-password',
    'MaxStartups 100',
    `Subsystem sftp internal-sftp${options.readOnly ? ' -R' : ''}`,
  ];
  writeFileSync(join(folder, 'sshd_config'), `${settings.join('\n')}\n`);
  const server = spawn(program, ['-D', '-e', '-f', join(folder, 'sshd_config')], { stdio: 'pipe' });
  let log = '';
  server.stderr.on('data', (chunk) => {
    log += chunk;
  });
  const exited = once(server, 'exit');
  await listening(port, () => {
    if (server.exitCode !== null) throw new Error(`sshd ended: ${log}`);
  });
  return {
    port,
    username: userInfo().username,
    privateKey,
    strangeKey,
    fingerprint: fingerprintOf(`${hostKey}.pub`),
    async close() {
      server.kill();
      await exited;
      rmSync(folder, { recursive: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}

async function listening(port: number, check: () => void): Promise<void> {
  for (;;) {
    check();
    const socket = connect(port, '127.0.0.1');
    const open = await new Promise((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    socket.destroy();
    if (open) return;
    await delay(20);
  }
}

function fingerprintOf(keyFile: string): string {
  const found = /SHA256:\S+/.exec(execFileSync('ssh-keygen', ['-lf', keyFile], { encoding: 'utf8' }));
  if (!found) throw new Error(`ssh-keygen shows no fingerprint of ${keyFile}`);
  return found[0];
}
