import { messageOf, Problem, systemCode } from '../platform/problem.ts';

/** What was being done when it went wrong; the same error means different things at different stages. */
export type Stage = 'connect' | 'login' | 'look' | 'read' | 'write' | 'rename' | 'remove';

export type FailureKind = 'unreachable' | 'login' | 'directory' | 'full' | 'interrupted' | 'other';

/** The other side did not answer in time. */
export class NoAnswer extends Error {
  constructor(timeoutMs: number) {
    super(`no answer within ${timeoutMs / 1000} seconds`);
  }
}

/** The connection ended, for a reason that the library does not tell. */
export class ConnectionLost extends Error {
  constructor() {
    super('the connection was closed');
  }
}

// Status codes of draft-ietf-secsh-filexfer: 1-8 are version 3, the others come from servers that speak later
// versions and send their codes all the same.
const statusKinds: Record<number, FailureKind> = {
  2: 'directory', // no such file
  3: 'directory', // permission denied
  6: 'interrupted', // no connection
  7: 'interrupted', // connection lost
  10: 'directory', // no such path
  12: 'directory', // write protected
  14: 'full', // no space on file system
  15: 'full', // quota exceeded
};
const failureStatus = 4;

const systemKinds: Record<string, FailureKind> = {
  ENOENT: 'directory',
  ENOTDIR: 'directory',
  EACCES: 'directory',
  EPERM: 'directory',
  EROFS: 'directory',
  EXDEV: 'directory',
  ENOSPC: 'full',
  EDQUOT: 'full',
  ECONNRESET: 'interrupted',
  EPIPE: 'interrupted',
  ETIMEDOUT: 'interrupted',
};

/** Where in the library it happened is nobody's business. */
const ownWords = /^(getConnection|connect|sftp): /;

// What ssh2 only says in words.
const loginWords = /authentication methods failed|privateKey|passphrase/i;
const lostWords = /no response from server|connection lost|unexpected (end|close) event|not connected/i;

/** What a failure of ssh2, of its SFTP channel or of a local file operation amounts to. */
export function failureKind(error: unknown, stage: Stage): FailureKind {
  if (stage === 'connect') return 'unreachable';
  if (stage === 'login') return loginFailureKind(error);
  if (error instanceof NoAnswer || error instanceof ConnectionLost) return 'interrupted';
  const status = (error as { code?: unknown } | null | undefined)?.code;
  if (typeof status === 'number') {
    // SFTP has no word for a full disk: OpenSSH says "Failure", and hardly ever for another reason here.
    if (status === failureStatus && stage === 'write') return 'full';
    return statusKinds[status] ?? 'other';
  }
  const known = systemKinds[systemCode(error) ?? ''];
  if (known) return known;
  return lostWords.test(messageOf(error)) ? 'interrupted' : 'other';
}

function loginFailureKind(error: unknown): FailureKind {
  if (error instanceof NoAnswer || error instanceof ConnectionLost) return 'unreachable';
  const message = messageOf(error);
  if (loginWords.test(message)) return 'login';
  if (lostWords.test(message) || systemCode(error)?.startsWith('E')) return 'unreachable';
  return /timed out/i.test(message) ? 'unreachable' : 'other';
}

/** The Problem to show for a failure at `address`. A Problem stays as it is. */
export function deliveryProblem(error: unknown, address: string, stage: Stage): Problem {
  if (error instanceof Problem) return error;
  const said = `${address}: ${doing[stage]}: ${messageOf(error).replace(ownWords, '')}`;
  const options = { cause: error };
  switch (failureKind(error, stage)) {
    case 'unreachable':
      return new Problem(
        'delivery-unreachable',
        said,
        'Is the server up, are host and port right, does the firewall let us through? It is tried again by itself.',
        options,
      );
    case 'login':
      return new Problem(
        'delivery-login',
        said,
        'Check username and privateKey (with passphrase) or password in the configuration, and that the server has our public key.',
        options,
      );
    case 'directory':
      return new Problem(
        'delivery-directory',
        said,
        'Check that directory (and temporaryDirectory) exist there, on one file system, and that our user may create and rename files in them.',
        options,
      );
    case 'full':
      return new Problem(
        'delivery-full',
        `${said}. The disk there is full, or our quota is used up${isVague(error) ? ' (probable: the server only says that writing failed)' : ''}.`,
        'Ask the operator of the server to make room. It is tried again by itself.',
        options,
      );
    case 'interrupted':
      return new Problem(
        'delivery-interrupted',
        said,
        'The connection broke or fell silent. It is tried again by itself; if that keeps happening, look at the network and the server.',
        options,
      );
    default:
      return new Problem(
        'delivery-failed',
        said,
        'The server refused for a reason of its own: show this message to its operator. It is tried again by itself.',
        options,
      );
  }
}

/** The server is not the one that was configured, or its key was changed. */
export function hostKeyProblem(address: string, configured: string, found: string): Problem {
  return new Problem(
    'delivery-host-key',
    `${address}: the server shows the host key ${found}, the configuration expects ${configured}. Nothing was sent.`,
    'Ask the operator of the server for its fingerprints. Change hostKey only if they confirm the one shown here; otherwise someone may be in between.',
  );
}

const doing: Record<Stage, string> = {
  connect: 'connecting failed',
  login: 'logging in failed',
  look: 'looking into the directory failed',
  read: 'reading failed',
  write: 'writing failed',
  rename: 'renaming failed',
  remove: 'removing failed',
};

function isVague(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === failureStatus;
}
