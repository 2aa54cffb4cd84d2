import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openLedger } from '../../src/ledger/open-ledger.ts';
import { SnapshotRecords } from '../../src/ledger/snapshot-records.ts';
import type { CrashPoint } from '../../src/platform/crash-point.ts';
import { startSftpServer } from '../../src/sandbox/sftp-server.ts';
import { type OpenSsh, startOpenSsh } from '../support/openssh.ts';
import { findProgram } from '../support/require-program.ts';
import { drop, inventoryFile, makeRetailer, namesIn, onlyCsv, type Retailer } from '../support/retailer.ts';
import { eventually, ServiceProcess } from '../support/service-process.ts';

const points: CrashPoint[] = [
  'claimed',
  'converting',
  'outbox-before-rename',
  'outbox-after-rename',
  'recorded',
  'upload-half',
  'remote-before-rename',
  'remote-after-rename',
];

// Large enough for many writes, so that half of them can be done.
const { bytes, expected } = inventoryFile(4_000);
const name = 'zaiko_20261124_0300.csv';
const resetName = 'reset_inventory_20261124_030000.csv';

const sshd = findProgram('sshd');
let openSsh: OpenSsh;
beforeAll(async () => {
  if (sshd) openSsh = await startOpenSsh(sshd);
});
afterAll(() => openSsh?.close());

async function onOpenSsh(): Promise<{ retailer: Retailer; incoming: string }> {
  const retailer = await makeRetailer({});
  const incoming = join(retailer.root, 'incoming');
  await mkdir(incoming);
  const { port, username, privateKey, fingerprint } = openSsh;
  const place = {
    type: 'sftp',
    host: '127.0.0.1',
    port,
    username,
    hostKey: fingerprint,
    directory: incoming,
  };
  return { retailer: await withDelivery(retailer, { ...place, privateKey: { file: privateKey } }), incoming };
}

async function onSandbox(): Promise<{ retailer: Retailer; incoming: string }> {
  const retailer = await makeRetailer({});
  const incoming = join(retailer.root, 'incoming');
  await mkdir(incoming);
  const server = await startSftpServer({ root: retailer.root, username: 'u', password: 'p' });
  onTestFinished(() => server.close());
  const { port, fingerprint } = server;
  const place = { type: 'sftp', host: '127.0.0.1', port, username: 'u', hostKey: fingerprint };
  return {
    retailer: await withDelivery(retailer, {
      ...place,
      password: { env: 'SFTP_PASSWORD' },
      directory: '/incoming',
    }),
    incoming,
  };
}

async function withDelivery(retailer: Retailer, delivery: object): Promise<Retailer> {
  const settings = JSON.parse(await readFile(retailer.configPath, 'utf8'));
  await writeFile(retailer.configPath, JSON.stringify({ ...settings, delivery }));
  return retailer;
}

const environment = { SFTP_PASSWORD: 'p' };

async function dieAt(retailer: Retailer, point: CrashPoint): Promise<void> {
  const doomed = await ServiceProcess.start(retailer.configPath, { ...environment, CRASH_AT: point });
  await drop(retailer, name, bytes);
  expect((await doomed.exited).signal).toBe('SIGKILL');
}

async function restart(retailer: Retailer): Promise<ServiceProcess> {
  const service = await ServiceProcess.start(retailer.configPath, environment);
  await eventually('the snapshot is delivered and put away', async () => {
    const waiting = [...(await namesIn(retailer.data('outbox'))), ...(await namesIn(retailer.data('work')))];
    return waiting.length === 0 && states(retailer)[0] === 'delivered';
  });
  return service;
}

function states(retailer: Retailer): string[] {
  const database = openLedger(retailer.data('flagship.db'));
  try {
    return new SnapshotRecords(database).list().map((snapshot) => snapshot.state);
  } finally {
    database.close();
  }
}

describe.each([
  ['OpenSSH', onOpenSsh, sshd !== undefined],
  ['the sandbox server', onSandbox, true],
] as const)('over %s', (_server, prepare, available) => {
  test.skipIf(!available).each(points)(
    'killed at "%s", the file arrives exactly once after a restart',
    async (point) => {
      const { retailer, incoming } = await prepare();
      await dieAt(retailer, point);
      const service = await restart(retailer);
      expect(await onlyCsv(incoming)).toEqual({ name: resetName, text: expected });
      expect((await namesIn(incoming)).filter((found) => found !== resetName)).toEqual([]);
      expect(states(retailer)).toEqual(['delivered']);
      expect(await namesIn(retailer.inbox)).toEqual([]);
      expect(await namesIn(retailer.data('rejected'))).toEqual([]);
      expect(await service.stop()).toBe(0);
    },
  );

  test.skipIf(!available)(
    'killed right after the remote rename, a file that the OMS took at once is not sent again',
    async () => {
      const { retailer, incoming } = await prepare();
      await dieAt(retailer, 'remote-after-rename');
      await rename(join(incoming, resetName), join(retailer.root, 'taken-by-the-oms'));
      const service = await restart(retailer);
      expect(await namesIn(incoming)).toEqual([]);
      expect(await service.stop()).toBe(0);
    },
  );
});
