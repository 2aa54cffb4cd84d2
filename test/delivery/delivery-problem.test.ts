import { expect, test } from 'vitest';
import {
  ConnectionLost,
  deliveryProblem,
  failureKind,
  hostKeyProblem,
  NoAnswer,
  type Stage,
} from '../../src/delivery/delivery-problem.ts';
import { Problem } from '../../src/platform/problem.ts';

const system = (code: string) => Object.assign(new Error(`${code}: it failed`), { code });
const status = (code: number, message = 'Failure') => Object.assign(new Error(message), { code });

test.each<[Stage, Error, string]>([
  ['connect', system('ECONNREFUSED'), 'unreachable'],
  ['connect', system('ENOTFOUND'), 'unreachable'],
  ['connect', new NoAnswer(30_000), 'unreachable'],
  ['login', new NoAnswer(30_000), 'unreachable'],
  ['login', new ConnectionLost(), 'unreachable'],
  ['login', system('ECONNRESET'), 'unreachable'],
  ['login', new Error('getConnection: Connection lost before handshake'), 'unreachable'],
  ['login', new Error('getConnection: All configured authentication methods failed'), 'login'],
  ['login', new Error('Cannot parse privateKey: Unsupported key format'), 'login'],
  ['login', new Error('Encrypted private OpenSSH key detected, but no passphrase given'), 'login'],
  ['login', new Error('Unable to start subsystem: sftp'), 'other'],
  ['look', status(2, 'No such file'), 'directory'],
  ['look', new Error('No response from server'), 'interrupted'],
  ['read', status(3, 'Permission denied'), 'directory'],
  ['read', status(4), 'other'],
  ['write', status(2, 'No such file'), 'directory'],
  ['write', status(3, 'Permission denied'), 'directory'],
  ['write', status(4), 'full'],
  ['write', status(14, 'No space on filesystem'), 'full'],
  ['write', status(15, 'Quota exceeded'), 'full'],
  ['write', status(7, 'Connection lost'), 'interrupted'],
  ['write', new NoAnswer(30_000), 'interrupted'],
  ['write', new ConnectionLost(), 'interrupted'],
  ['write', system('ENOSPC'), 'full'],
  ['write', system('EDQUOT'), 'full'],
  ['write', system('EROFS'), 'directory'],
  ['write', system('ENOENT'), 'directory'],
  ['write', system('EIO'), 'other'],
  ['rename', system('EXDEV'), 'directory'],
  ['rename', status(4), 'other'],
  ['rename', status(8, 'Operation unsupported'), 'other'],
  ['remove', system('EACCES'), 'directory'],
])('while in stage %s, %s is of kind %s', (stage, error, kind) => {
  expect(failureKind(error, stage)).toBe(kind);
});

test.each<[Stage, Error, string]>([
  ['connect', system('ECONNREFUSED'), 'delivery-unreachable'],
  ['login', new Error('All configured authentication methods failed'), 'delivery-login'],
  ['write', status(3), 'delivery-directory'],
  ['write', status(14), 'delivery-full'],
  ['write', new ConnectionLost(), 'delivery-interrupted'],
  ['rename', status(4), 'delivery-failed'],
])('while in stage %s, %s is shown as %s with the place and the cause', (stage, error, code) => {
  const problem = deliveryProblem(error, 'sftp://newera@sftp.example:22/incoming', stage);
  expect(problem).toMatchObject({ code, cause: error });
  expect(problem.message).toContain('sftp://newera@sftp.example:22/incoming');
  expect(problem.message).toContain(error.message);
  expect(problem.advice).not.toBe('');
});

test('only a vague answer makes a full disk probable', () => {
  expect(deliveryProblem(status(4), 'there', 'write').message).toContain('probable');
  expect(deliveryProblem(status(14), 'there', 'write').message).not.toContain('probable');
});

test('a Problem stays as it is', () => {
  const problem = new Problem('secret-missing', 'No value.', 'Set it.');
  expect(deliveryProblem(problem, 'there', 'login')).toBe(problem);
});

test('a wrong host key shows the one found and the one expected', () => {
  const { code, message } = hostKeyProblem('there', 'SHA256:expected', 'SHA256:found');
  expect(code).toBe('delivery-host-key');
  expect(message).toMatch(/host key SHA256:found, .*expects SHA256:expected/);
});
