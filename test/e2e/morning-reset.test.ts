import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSftpServer } from '../../src/sandbox/sftp-server.ts';
import type { SftpFaults } from '../../src/sandbox/sftp-session.ts';
import { type OpenSsh, startOpenSsh } from '../support/openssh.ts';
import { findProgram } from '../support/require-program.ts';
import { drop, inventoryFile, makeRetailer, namesIn, onlyCsv, type Retailer } from '../support/retailer.ts';
import { eventually, flagship, ServiceProcess } from '../support/service-process.ts';

const resetName = 'reset_inventory_20261124_030000.csv';
const name = 'zaiko_20261124_0300.csv';

interface Shown {
  id: number;
  file: string;
  state: string;
  reason: string | null;
  problem: { code: string } | null;
}

async function snapshots(retailer: Retailer): Promise<Shown[]> {
  const { stdout } = await flagship(['snapshots', '--json', '--config', retailer.configPath]);
  return stdout.trim().startsWith('[') ? JSON.parse(stdout) : [];
}

async function reconfigure(retailer: Retailer, settings: object): Promise<void> {
  const before = JSON.parse(await readFile(retailer.configPath, 'utf8'));
  await writeFile(retailer.configPath, JSON.stringify({ ...before, ...settings }));
}

async function toFolder(settings: object = {}): Promise<{ retailer: Retailer; incoming: string }> {
  const retailer = await makeRetailer({ delivery: { type: 'folder', directory: 'incoming' }, ...settings });
  const incoming = join(retailer.root, 'incoming');
  await mkdir(incoming);
  return { retailer, incoming };
}

describe('a file that another process writes slowly, over OpenSSH', () => {
  const sshd = findProgram('sshd');
  let server: OpenSsh;
  beforeAll(async () => {
    if (sshd) server = await startOpenSsh(sshd);
  });
  afterAll(() => server?.close());

  test.skipIf(!sshd)(
    'arrives byte for byte, never seen in part, and once though it is dropped twice',
    async () => {
      const retailer = await makeRetailer({ inbox: { settleSeconds: 0.6, scanSeconds: 0.2 } });
      const incoming = join(retailer.root, 'incoming');
      await mkdir(incoming);
      const { port, username, privateKey, fingerprint } = server;
      await reconfigure(retailer, {
        delivery: {
          type: 'sftp',
          host: '127.0.0.1',
          port,
          username,
          privateKey: { file: privateKey },
          hostKey: fingerprint,
          directory: incoming,
        },
      });
      const { bytes, expected } = inventoryFile(500);
      const source = join(retailer.root, 'source');
      await writeFile(source, bytes);
      const service = await ServiceProcess.start(retailer.configPath);

      const seen: string[] = [];
      let watching = true;
      const watch = (async () => {
        while (watching) {
          for (const found of await namesIn(incoming)) {
            if (found.endsWith('.csv')) seen.push(await readFile(join(incoming, found), 'utf8'));
          }
          await new Promise((resolve) => setTimeout(resolve, 2));
        }
      })();
      // The pauses are longer than a look at the inbox, and one piece ends in the middle of a character.
      const writer = spawn('sh', [
        '-c',
        'for i in 0 1 2 3 4 5; do dd if="$0" bs=9001 skip=$((i * 2)) count=2 2>/dev/null >> "$1"; sleep 0.4; done',
        source,
        join(retailer.inbox, name),
      ]);
      await once(writer, 'exit');
      await eventually('the file arrives', async () => (await namesIn(incoming)).includes(resetName));
      watching = false;
      await watch;
      expect(await onlyCsv(incoming)).toEqual({ name: resetName, text: expected });
      expect(new Set(seen)).toEqual(new Set([expected]));

      await drop(retailer, 'again.csv', bytes);
      await eventually('the repeat is put away', () => service.output.includes('the same content as'));
      expect(await namesIn(incoming)).toEqual([resetName]);
      expect(await snapshots(retailer)).toHaveLength(1);
      expect(await service.stop()).toBe(0);
    },
  );
});

describe('a destination that fails', () => {
  const login = { type: 'sftp', host: '127.0.0.1', username: 'u', password: { env: 'SFTP_PASSWORD' } };
  const environment = { SFTP_PASSWORD: 'right' };

  async function toSandbox(faults: SftpFaults = {}) {
    const retailer = await makeRetailer({ delivery: { type: 'folder', directory: 'unused' } });
    await mkdir(join(retailer.root, 'incoming'));
    const server = await startSftpServer({ root: retailer.root, username: 'u', password: 'right', faults });
    const delivery = { ...login, port: server.port, hostKey: server.fingerprint, directory: '/incoming' };
    await reconfigure(retailer, { delivery });
    return { retailer, server, delivery };
  }

  test('that is down at the drop and comes up later gets the file without help', async () => {
    const { retailer, server, delivery } = await toSandbox();
    await server.close();
    const service = await ServiceProcess.start(retailer.configPath, environment);
    const { bytes, expected } = inventoryFile(20);
    await drop(retailer, name, bytes);
    await eventually('the failure is told', () => service.output.includes('delivery-unreachable'));
    expect(await namesIn(retailer.data('outbox'))).toEqual([resetName]);
    const status = await flagship(['status', '--config', retailer.configPath], environment);
    expect(status.stdout).toContain('delivery-unreachable');

    const again = await startSftpServer({
      root: retailer.root,
      username: 'u',
      password: 'right',
      port: server.port,
    });
    // A new server has a new key: the file must not go there before a person has confirmed it.
    await eventually('the new key is refused', () => service.output.includes('delivery-host-key'));
    expect(await namesIn(join(retailer.root, 'incoming'))).toEqual([]);
    expect(await service.stop()).toBe(0);
    await reconfigure(retailer, { delivery: { ...delivery, hostKey: again.fingerprint } });
    await ServiceProcess.start(retailer.configPath, environment);
    await eventually('delivered', async () =>
      (await namesIn(join(retailer.root, 'incoming'))).includes(resetName),
    );
    expect((await onlyCsv(join(retailer.root, 'incoming'))).text).toBe(expected);
    await again.close();
  });

  const strangeKey = `SHA256:${'A'.repeat(43)}`;
  test.each([
    ['delivery-host-key', { hostKey: strangeKey }, {}, 'right'],
    ['delivery-login', {}, {}, 'wrong'],
    ['delivery-directory', { directory: '/nowhere' }, {}, 'right'],
    ['delivery-full', {}, { failWritesAfterBytes: 10_000 }, 'right'],
  ] as const)(
    'with %s says so in log, status and snapshots, and the file waits in outbox',
    async (code, change, faults, password) => {
      const { retailer, server, delivery } = await toSandbox(faults);
      await reconfigure(retailer, { delivery: { ...delivery, ...change } });
      const secrets = { SFTP_PASSWORD: password };
      const service = await ServiceProcess.start(retailer.configPath, secrets);
      await drop(retailer, name, inventoryFile(500).bytes);
      await eventually('the failure is told', () => service.output.includes(`"${code}"`));
      expect(service.output).toContain('"advice"');
      expect(service.output).not.toContain(password === 'wrong' ? '"wrong"' : '"right"');
      expect(await namesIn(retailer.data('outbox'))).toEqual([resetName]);
      expect((await snapshots(retailer))[0]).toMatchObject({ state: 'delivering', problem: { code } });
      const status = JSON.parse(
        (await flagship(['status', '--json', '--config', retailer.configPath], secrets)).stdout,
      );
      expect(status).toMatchObject({ level: 'attention', running: true });
      expect(status.sentence).toContain(code);
      const check = await flagship(['check', '--config', retailer.configPath], secrets);
      expect(check.code).toBe(1);
      expect(check.stdout).toContain(`[${code}]`);
      expect(await namesIn(join(retailer.root, 'incoming'))).toEqual([]);
      expect(await service.stop()).toBe(0);
      await server.close();
    },
  );
});

test('a snapshot that waits for a person keeps no other store waiting', async () => {
  const { retailer, incoming } = await toFolder();
  await writeFile(join(incoming, resetName), 'put there by somebody else');
  const service = await ServiceProcess.start(retailer.configPath);
  await drop(retailer, 'zaiko_store1_20261124_0300.csv', '商品コード,在庫数\n4901234000001,3\n');
  await eventually('the conflict is told', () => service.output.includes('delivery-conflict'));
  await drop(retailer, 'zaiko_store2_20261124_0310.csv', '商品コード,在庫数\n4901234000001,4\n');
  const other = 'reset_inventory_20261124_031000.csv';
  await eventually('the other store goes', async () => (await namesIn(incoming)).includes(other));
  await rm(join(incoming, resetName));
  await eventually('and the first, as soon as it can', async () =>
    (await namesIn(incoming)).includes(resetName),
  );
  expect(await service.stop()).toBe(0);
});

describe('a snapshot that looks wrong', () => {
  test('is held, and goes when a person releases it with a reason', async () => {
    const { retailer, incoming } = await toFolder();
    const service = await ServiceProcess.start(retailer.configPath);
    await drop(retailer, name, inventoryFile(50).bytes);
    await eventually('the first goes', async () => (await namesIn(incoming)).includes(resetName));
    const lines = ['店舗ID,商品コード,在庫数', '1,4901234000001,3'];
    await drop(retailer, 'zaiko_20261125_0300.csv', `${lines.join('\n')}\n`);
    await eventually('the second is held', async () => (await snapshots(retailer))[0]?.state === 'held');
    expect((await snapshots(retailer))[0]).toMatchObject({ reason: 'store-missing' });
    expect(await namesIn(retailer.data('held'))).toEqual(['reset_inventory_20261125_030000.csv']);

    const config = ['--config', retailer.configPath];
    expect((await flagship(['snapshots', 'release', '2', ...config])).code).toBe(2);
    expect((await flagship(['snapshots', 'release', '7', '--reason', 'x', ...config])).code).toBe(3);
    const released = await flagship(['snapshots', 'release', '2', '--reason', 'stock-taking', ...config]);
    expect(released.code).toBe(0);
    await eventually('the second goes', async () =>
      (await namesIn(incoming)).includes('reset_inventory_20261125_030000.csv'),
    );
    const [delivered] = await snapshots(retailer);
    expect(delivered).toMatchObject({ state: 'delivered', reason: 'stock-taking' });
    expect((await flagship(['snapshots', 'discard', '2', '--reason', 'late', ...config])).code).toBe(3);
    expect(await service.stop()).toBe(0);
  });

  test('is held, and is put away for good when a person discards it', async () => {
    const { retailer, incoming } = await toFolder();
    const service = await ServiceProcess.start(retailer.configPath);
    const lines = ['店舗ID,商品コード,在庫数', '1,4901234000001,3', '1,4901234000002,x'];
    await drop(retailer, name, lines.join('\n'));
    await eventually('it is held', async () => (await snapshots(retailer))[0]?.state === 'held');
    expect((await snapshots(retailer))[0]).toMatchObject({ reason: 'too-many-rejected' });
    const rejected = await readFile(retailer.data('rejected', `${name}.rejected.csv`), 'utf8');
    expect(rejected.replace('\uFEFF', '').split('\n')[1]?.trim()).toBe('3,bad-quantity,1,4901234000002,x');
    const discard = ['snapshots', 'discard', '1', '--reason', 'test file', '--config', retailer.configPath];
    expect((await flagship(discard)).code).toBe(0);
    expect(await namesIn(retailer.data('held'))).toEqual([]);
    expect(await namesIn(incoming)).toEqual([]);
    expect(await service.stop()).toBe(0);
  });
});

test('a file that is no inventory is refused with a reason for people, and nothing is sent', async () => {
  const { retailer, incoming } = await toFolder();
  const service = await ServiceProcess.start(retailer.configPath);
  await drop(retailer, 'zaiko.csv', '商品コード,商品名\n490,帽子\n');
  await eventually('refused', async () => (await namesIn(retailer.data('rejected'))).length === 2);
  expect(await namesIn(retailer.data('rejected'))).toEqual(['zaiko.csv', 'zaiko.csv.reason.txt']);
  const reason = await readFile(retailer.data('rejected', 'zaiko.csv.reason.txt'), 'utf8');
  expect(reason).toContain('missing-column');
  expect(reason).toContain('商品名');
  expect(await namesIn(incoming)).toEqual([]);
  expect(await service.stop()).toBe(0);
});

test('corrected rows can be dropped again and complete the snapshot', async () => {
  const { retailer, incoming } = await toFolder({ inventory: { maxRejectedRatio: 0.6 } });
  const service = await ServiceProcess.start(retailer.configPath);
  await drop(retailer, name, '店舗ID,商品コード,在庫数\n1,4901234000001,3\n2,4901234000002,many\n');
  await eventually('the first goes', async () => (await namesIn(incoming)).includes(resetName));
  const rejected = await readFile(retailer.data('rejected', `${name}.rejected.csv`), 'utf8');
  await drop(retailer, `${name}.rejected.csv`, rejected.replace('many', '5'));
  const second = 'reset_inventory_20261124_030001.csv';
  await eventually('the second goes', async () => (await namesIn(incoming)).includes(second));
  expect(await readFile(join(incoming, second), 'utf8')).toContain(
    'SHINSAIBASHI,2,TLTLTLLL01,UPCA,4901234000002,5\n',
  );
  expect(await service.stop()).toBe(0);
});

test('two services never share a data folder', async () => {
  const { retailer } = await toFolder();
  const first = await ServiceProcess.start(retailer.configPath);
  const second = await ServiceProcess.start(retailer.configPath);
  expect((await second.exited).code).toBe(3);
  expect(second.output).toContain('already-running');
  first.kill();
  await first.exited;
  const third = await ServiceProcess.start(retailer.configPath);
  expect(await third.stop()).toBe(0);
});

test('a stop in the middle of a conversion leaves work empty and loses nothing', async () => {
  const { retailer, incoming } = await toFolder();
  const { bytes, expected } = inventoryFile(60_000);
  const service = await ServiceProcess.start(retailer.configPath);
  await drop(retailer, name, bytes);
  await eventually('it is being read', async () => (await namesIn(retailer.data('work'))).length === 1);
  expect(await service.stop()).toBe(0);
  expect(await namesIn(retailer.data('work'))).toEqual([]);
  const again = await ServiceProcess.start(retailer.configPath);
  await eventually('it arrives', async () => (await namesIn(incoming)).includes(resetName));
  expect((await onlyCsv(incoming)).text).toBe(expected);
  expect(await again.stop()).toBe(0);
});
