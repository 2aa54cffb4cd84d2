import { createHash, generateKeyPairSync, timingSafeEqual } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import ssh2, { type AuthContext, type Connection, type ParsedKey, type SFTPWrapper } from 'ssh2';
import { fingerprint } from '../delivery/fingerprint.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import { RootedFiles } from './rooted-files.ts';
import { type SftpFaults, SftpSession } from './sftp-session.ts';

export interface SftpServerOptions {
  /** The folder that clients see as `/`. */
  root: string;
  username: string;
  password?: string;
  /** In the format of `id_ed25519.pub`. */
  publicKey?: string;
  /** 0 or absent: any free one. */
  port?: number;
  faults?: SftpFaults;
  clock?: Clock;
}

export interface SftpServer {
  port: number;
  /** Of the host key, which is made anew at each start. */
  fingerprint: string;
  close(): Promise<void>;
}

/**
 * An SFTP server on 127.0.0.1 over a real folder, to try against.
 *
 * It offers no extensions (posix-rename, fsync): ssh2's server announces none and lets nobody add any, so that
 * clients do not even ask. OpenSSH stands for the servers that have them.
 */
export async function startSftpServer(options: SftpServerOptions): Promise<SftpServer> {
  const hostKey = makeHostKey();
  const files = new RootedFiles(await realpath(options.root));
  const sockets = new Set<Socket>();
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const ssh = new ssh2.Server({ hostKeys: [hostKey] }, (connection) =>
    serveConnection(connection, options, (channel) => {
      new SftpSession(channel, files, options.faults ?? {}, options.clock ?? systemClock, cut).serve();
    }),
  );
  // Our own listener in front, so that connections can be cut without a goodbye.
  const listener = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    ssh.injectSocket(socket);
  });
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  return {
    port: (listener.address() as AddressInfo).port,
    fingerprint: fingerprint(parseKey(hostKey).getPublicSSH()),
    async close() {
      const closed = new Promise((resolve) => listener.close(resolve));
      cut();
      await closed;
    },
  };
}

function serveConnection(
  connection: Connection,
  options: SftpServerOptions,
  serve: (channel: SFTPWrapper) => void,
): void {
  connection.on('error', () => {}); // clients disappear; their session ends with them
  connection.on('authentication', (context) => {
    if (mayLogIn(options, context)) context.accept();
    else context.reject(['password', 'publickey']);
  });
  connection.on('session', (acceptSession) => {
    acceptSession().on('sftp', (acceptSftp) => serve(acceptSftp()));
  });
}

function mayLogIn(
  { username, password, publicKey, faults }: SftpServerOptions,
  context: AuthContext,
): boolean {
  if (faults?.refuseLogin || context.username !== username) return false;
  if (context.method === 'password') return password !== undefined && same(context.password, password);
  if (context.method !== 'publickey' || publicKey === undefined) return false;
  const known = parseKey(publicKey);
  if (context.key.algo !== known.type || !same(context.key.data, known.getPublicSSH())) return false;
  // Without a signature the client only asks whether this key would do.
  if (!context.signature || !context.blob) return true;
  return known.verify(context.blob, context.signature, context.hashAlgo) === true;
}

function same(one: string | Buffer, other: string | Buffer): boolean {
  const digest = (value: string | Buffer) => createHash('sha256').update(value).digest();
  return timingSafeEqual(digest(one), digest(other));
}

/** Not by ssh2's own generator: one in 200 of the ed25519 keys of ssh2 1.17 cannot be read again. */
function makeHostKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'sec1', format: 'pem' }).toString();
}

function parseKey(text: string): ParsedKey {
  const key = ssh2.utils.parseKey(text);
  if (key instanceof Error) throw key;
  return Array.isArray(key) ? key[0] : key;
}
