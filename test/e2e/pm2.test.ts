import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { drop, inventoryFile, makeRetailer, namesIn } from '../support/retailer.ts';
import { eventually } from '../support/service-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const resetName = 'reset_inventory_20261124_030000.csv';

/** pm2 with a daemon of its own, which ends with the test. */
async function startPm2(configPath: string) {
  const home = await temporaryFolder();
  const pm2 = async (...args: string[]) => {
    const { stdout } = await promisify(execFile)(join(root, 'node_modules/.bin/pm2'), args, {
      cwd: root,
      env: { ...process.env, PM2_HOME: home, FLAGSHIP_CONFIG: configPath },
    });
    return stdout;
  };
  onTestFinished(async () => void (await pm2('kill')));
  const shown = async () => {
    const [app] = JSON.parse((await pm2('jlist')).replace(/^[^[]*/, ''));
    return app && { pid: app.pid as number, status: app.pm2_env.status, restarts: app.pm2_env.restart_time };
  };
  return { pm2, shown };
}

test('pm2 has the service online when it is ready, again after a sudden end, and stops it with nothing in hand', async () => {
  const retailer = await makeRetailer({ delivery: { type: 'folder', directory: 'incoming' } });
  const incoming = join(retailer.root, 'incoming');
  await mkdir(incoming);
  const { pm2, shown } = await startPm2(retailer.configPath);
  await pm2('start', 'ecosystem.config.js');
  const first = await shown();
  expect(first).toMatchObject({ status: 'online', restarts: 0 });
  expect(await namesIn(retailer.data())).toContain('outbox');

  await drop(retailer, 'zaiko_20261124_0300.csv', inventoryFile(20_000).bytes);
  await eventually('it is in hand', async () => (await namesIn(retailer.data('work'))).length > 0);
  process.kill(first.pid, 'SIGKILL');
  await eventually('it is restarted and delivers', async () => (await namesIn(incoming)).includes(resetName));
  const second = await shown();
  expect(second).toMatchObject({ status: 'online', restarts: 1 });
  expect(second.pid).not.toBe(first.pid);

  await drop(retailer, 'zaiko_20261125_0300.csv', inventoryFile(20_001).bytes);
  await eventually('the next is in hand', async () => (await namesIn(retailer.data('work'))).length > 0);
  await pm2('stop', 'flagship');
  expect(await shown()).toMatchObject({ status: 'stopped', restarts: 1 });
  expect(await namesIn(retailer.data('work'))).toEqual([]);
});

test('pm2 does not start a service again whose configuration is wrong', async () => {
  const retailer = await makeRetailer({});
  await writeFile(retailer.configPath, '{}');
  const { pm2, shown } = await startPm2(retailer.configPath);
  await pm2('ping');
  // It would wait for "ready" as long as listen_timeout says.
  void pm2('start', 'ecosystem.config.js').catch(() => {});
  await eventually('it has ended', async () => (await shown())?.pid === 0);
  // The first pause before a restart is half a second.
  await delay(1_500);
  expect(await shown()).toMatchObject({ pid: 0, restarts: 0 });
});
