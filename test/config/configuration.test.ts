import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { loadConfiguration, missingSecrets, requireSecrets } from '../../src/config/configuration.ts';
import { Problem } from '../../src/platform/problem.ts';
import { smaregiSettings } from '../support/smaregi-settings.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const minimal = { delivery: { type: 'folder', directory: 'out' } };
const sftp = {
  type: 'sftp',
  host: 'sftp.example',
  username: 'u',
  password: { env: 'PW' },
  hostKey: `SHA256:${'A'.repeat(43)}`,
  directory: '/in',
};

async function load(settings: unknown, environment: NodeJS.ProcessEnv = {}) {
  const path = join(await temporaryFolder(), 'flagship.json');
  await writeFile(path, typeof settings === 'string' ? settings : JSON.stringify(settings));
  return loadConfiguration(path, environment);
}

async function faults(settings: unknown): Promise<string[]> {
  const error = await load(settings).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Problem);
  expect((error as Problem).code).toBe('configuration-invalid');
  return (error as Problem).message
    .split('\n')
    .slice(1)
    .map((line) => line.trim());
}

test('a place for the Reset CSV is all that must be said', async () => {
  const configuration = await load(minimal);
  expect(configuration.timeZone).toBe('Asia/Tokyo');
  expect(configuration.inventory.maxRejectedRatio).toBe(0.01);
  expect(configuration.reset.columns).toEqual([
    'facilityId',
    'externalFacilityId',
    'locationSeqId',
    'idType',
    'idValue',
    'availableQty',
  ]);
  expect(configuration.status).toMatchObject({ host: '127.0.0.1', port: 8180 });
});

test('paths are relative to the configuration file', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'flagship.json');
  await writeFile(path, JSON.stringify({ ...minimal, dataDir: 'd', stores: 's.csv' }));
  const configuration = loadConfiguration(path, {});
  expect(configuration.dataDir).toBe(join(folder, 'd'));
  expect(configuration.stores).toBe(join(folder, 's.csv'));
  expect(configuration.delivery.directory).toBe(join(folder, 'out'));
});

test('all faults are reported at once, each with its path', async () => {
  const found = await faults({
    ...minimal,
    timeZone: 'Tokyo',
    colour: 'red',
    inventory: { maxDropRatio: 2, speed: 1 },
    reset: { deadline: '25:00' },
    oms: { baseUrl: 'https://oms.example' },
  });
  for (const path of [
    'timeZone',
    'colour: unknown key',
    'inventory.maxDropRatio',
    'inventory.speed: unknown key',
    'reset.deadline',
    'oms.token',
  ]) {
    expect(found.some((fault) => fault.startsWith(path))).toBe(true);
  }
});

test('what settings ask of each other is told even where others are wrong by themselves', async () => {
  const found = await faults({
    delivery: { type: 'sftp', host: 'h', username: 'u', directory: '/x', port: 'ssh' },
    reset: { columns: [{ name: 'R', from: 'resetByAtp' }], lineEnd: 'cr' },
    oms: { baseUrl: 'ftp://x' },
    status: { host: '0.0.0.0', port: 99_999 },
  });
  expect(found.map((fault) => fault.split(':')[0]).sort()).toEqual([
    'delivery.hostKey',
    'delivery.port',
    'delivery.privateKey',
    'oms.baseUrl',
    'oms.token',
    'reset.lineEnd',
    'reset.resetByAtp',
    'status.port',
    'status.token',
  ]);
  expect(found).toContain('delivery.hostKey: is missing');
});

test.each([
  ['sftp without a host key', { ...sftp, hostKey: undefined }, 'delivery.hostKey'],
  ['a host key that is no fingerprint', { ...sftp, hostKey: 'ssh-ed25519 AAAA' }, 'delivery.hostKey'],
  ['two ways to log in', { ...sftp, privateKey: { file: 'k' } }, 'delivery.privateKey'],
  ['no way to log in', { ...sftp, password: undefined }, 'delivery.privateKey'],
  ['a secret in the file', { ...sftp, password: 'hunter2' }, 'delivery.password'],
])('%s is a fault', async (_what, delivery, path) => {
  const found = await faults({ delivery });
  expect(found.map((fault) => fault.split(':')[0])).toContain(path);
  expect(found.join()).not.toContain('hunter2');
});

test('the status page may not leave the machine without a token', async () => {
  expect(await faults({ ...minimal, status: { host: '0.0.0.0' } })).toEqual([
    'status.token: is needed to listen on 0.0.0.0',
  ]);
  expect((await load({ ...minimal, status: null })).status).toBeNull();
});

test('a column resetByAtp needs its value', async () => {
  const columns = ['facilityId', { name: 'ResetByAtp', from: 'resetByAtp' }];
  expect(await faults({ ...minimal, reset: { columns } })).toEqual([
    'reset.resetByAtp: is needed by the column resetByAtp',
  ]);
  expect((await load({ ...minimal, reset: { columns, resetByAtp: false } })).reset.resetByAtp).toBe(false);
});

test('what is not JSON says so, with the name of the file', async () => {
  await expect(load('{"delivery": ')).rejects.toMatchObject({ code: 'configuration-unreadable' });
  expect(() => loadConfiguration('/nowhere/flagship.json', {})).toThrow('/nowhere/flagship.json');
});

test('what is not JSON is told by its line, without a word of the file: a secret may be in it', async () => {
  const error = await load('{\n  "oms": {\n    "token": hunter2hunter2hunter2\n  }\n}').catch(
    (thrown) => thrown,
  );
  expect(error.message).toContain('line 3 is not valid JSON');
  expect(inspect(error)).not.toContain('hunter2');
});

describe('a secret', () => {
  test('never prints itself', async () => {
    const { delivery } = await load({ delivery: sftp }, { PW: 'hunter2' });
    const password = delivery.type === 'sftp' ? delivery.password : undefined;
    expect(password?.reveal()).toBe('hunter2');
    const printed = [JSON.stringify(delivery), inspect(delivery, { depth: 9 }), `${password}`].join();
    expect(printed).not.toContain('hunter2');
    expect(printed).toContain('[secret]');
  });

  test('is read from a file beside the configuration, without its line end', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'pw'), 'hunter2\n');
    await writeFile(
      join(folder, 'c.json'),
      JSON.stringify({ delivery: { ...sftp, password: { file: 'pw' } } }),
    );
    const { delivery } = loadConfiguration(join(folder, 'c.json'), {});
    expect(delivery.type === 'sftp' && delivery.password?.reveal()).toBe('hunter2');
  });

  test('without a value is found before the service starts, with its path', async () => {
    const configuration = await load({ delivery: sftp });
    expect(missingSecrets(configuration)).toEqual([
      'delivery.password: No value in environment variable PW.',
    ]);
    expect(() => requireSecrets(configuration, 'c.json')).toThrow('delivery.password');
  });

  test('in a file that cannot be read says why', async () => {
    const { delivery } = await load({ delivery: { ...sftp, password: { file: 'absent' } } });
    expect(() => delivery.type === 'sftp' && delivery.password?.reveal()).toThrow('absent (ENOENT)');
  });
});

test('what follows Smaregi needs to know where it is, and a webhook a port', async () => {
  expect(await faults({ ...minimal, sales: { from: 'stock-changes' } })).toEqual([
    'sales.from: needs smaregi, unless it is "transactions"',
  ]);
  const webhook = { header: 'X-Key', value: { env: 'KEY' } };
  const smaregi = { ...smaregiSettings, webhook, reasons: { '07': 'POS_RESERVED' } };
  expect(await faults({ ...minimal, status: null, smaregi })).toEqual([
    'smaregi.webhook: needs status, whose port takes it',
  ]);
  const odd = { ...smaregiSettings, reasons: { reservation: 'X' }, since: 'yesterday', limits: { reads: 1 } };
  const found = await faults({ ...minimal, smaregi: odd });
  expect(found.map((fault) => fault.split(':')[0]).sort()).toEqual([
    'smaregi.limits.reads',
    'smaregi.reasons.reservation',
    'smaregi.since',
  ]);
});
