import { onTestFinished } from 'vitest';
import { Secret } from '../../src/config/secret.ts';
import { type Clock, systemClock } from '../../src/platform/clock.ts';
import {
  type SmaregiSandbox,
  type SmaregiSandboxOptions,
  sandboxApplication,
  startSmaregiSandbox,
} from '../../src/sandbox/smaregi-sandbox.ts';
import {
  createSmaregiClient,
  type SmaregiClient,
  type SmaregiSettings,
} from '../../src/smaregi/smaregi-client.ts';
import { seededRandom } from './seeded-random.ts';

export const products = [
  { productId: '1001', productCode: '4900000000001' },
  { productId: '1002', productCode: '4900000000002' },
  { productId: '1003', productCode: '4900000000003' },
];

/** A Smaregi on loopback with the stores of the small retailer. */
export async function makeSmaregi(options: Partial<SmaregiSandboxOptions> = {}): Promise<SmaregiSandbox> {
  const smaregi = await startSmaregiSandbox({
    storeIds: ['1', '3', '30', '90'],
    products,
    clock: systemClock,
    ...options,
  });
  onTestFinished(() => smaregi.close());
  return smaregi;
}

/** Settings for a client of a Smaregi at `url`. */
export function settingsFor(url: string, changes: Partial<SmaregiSettings> = {}): SmaregiSettings {
  const { contractId, clientId, clientSecret } = sandboxApplication;
  return {
    baseUrl: url,
    idUrl: url,
    contractId,
    clientId,
    clientSecret: new Secret({ env: 'VALUE' }, { VALUE: clientSecret }),
    scopes: ['pos.stock:read', 'pos.stock:write'],
    webhook: null,
    pollSeconds: 60,
    overlapMinutes: 10,
    stock: 'available',
    reasons: {},
    limits: { readsPerSecond: 1000, writesPerSecond: 1000, concurrency: 4 },
    timeoutSeconds: 5,
    sweepAt: '04:00',
    ...changes,
  };
}

export function makeClient(
  url: string,
  changes: Partial<SmaregiSettings> = {},
  clock: Clock = systemClock,
): SmaregiClient {
  const client = createSmaregiClient({
    settings: settingsFor(url, changes),
    clock,
    random: seededRandom(1),
  });
  onTestFinished(() => client.close());
  return client;
}

/** All rows of a list. */
export async function all<Row>(pages: AsyncIterable<Row[]>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const page of pages) rows.push(...page);
  return rows;
}
