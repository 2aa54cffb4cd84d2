import { readFile, rm, writeFile } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/platform/clock.ts';
import { startRetailerSandbox } from '../../src/sandbox/retailer-sandbox.ts';
import { flagship } from '../support/service-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function startWorld(options: { connected?: boolean } = {}) {
  const world = await startRetailerSandbox(await temporaryFolder(), systemClock, options);
  onTestFinished(() => world.close());
  const check = async (environment: Record<string, string> = {}) => {
    const known = { ...(world.environment as Record<string, string>), ...environment };
    const { code, stdout } = await flagship(['check', '--json', '--config', world.configPath], known);
    const findings: { what: string; ok: boolean; code?: string }[] = JSON.parse(stdout);
    const failed = findings.filter(({ ok }) => !ok).map(({ what, code }) => `${what}: ${code}`);
    return { code, checked: findings.map(({ what }) => what), failed };
  };
  return { world, check };
}

test('everything that the service needs is tried, one line each', async () => {
  const { check } = await startWorld();
  const { code, checked, failed } = await check();
  expect(failed).toEqual([]);
  expect(code).toBe(0);
  expect(checked).toEqual([
    'configuration',
    'secrets',
    'store map',
    'folders',
    'database',
    'delivery',
    'oms',
  ]);
});

test('a service connected to Smaregi tries its API and the place of packed orders too', async () => {
  const { world, check } = await startWorld({ connected: true });
  const { checked, failed } = await check();
  expect(failed).toEqual([]);
  expect(checked).toEqual(expect.arrayContaining(['smaregi', 'fulfilled']));
  const settings = JSON.parse(await readFile(world.configPath, 'utf8'));
  const fulfilled = { ...settings.fulfilled, directory: '/nowhere' };
  await writeFile(world.configPath, JSON.stringify({ ...settings, fulfilled }));
  expect(await check()).toMatchObject({ code: 1, failed: ['fulfilled: delivery-directory'] });
});

test('a token that the OMS does not accept is found, and the rest is tried all the same', async () => {
  const { check } = await startWorld();
  expect(await check({ FLAGSHIP_OMS_TOKEN: 'old' })).toMatchObject({
    code: 1,
    failed: ['oms: oms-unauthorised'],
  });
});

test('a wrong configuration, a store map that does not fit and a missing secret end 2', async () => {
  const { world, check } = await startWorld();
  expect(await check({ FLAGSHIP_OMS_TOKEN: '' })).toMatchObject({ code: 2 });
  const settings = JSON.parse(await readFile(world.configPath, 'utf8'));
  await writeFile(world.configPath, JSON.stringify({ ...settings, inventory: { store: '77' } }));
  expect(await check()).toMatchObject({ code: 2, failed: ['store map: stores-invalid'] });
  await rm(world.configPath);
  expect(await check()).toMatchObject({ code: 2, failed: ['configuration: configuration-unreadable'] });
});
