import { Secret } from '../../src/config/secret.ts';
import type { OmsClient, OmsSettings } from '../../src/hotwax/oms-client.ts';
import { toIso } from '../../src/platform/time-zone.ts';
import type { SmaregiSettings } from '../../src/smaregi/smaregi-client.ts';
import { importLogEvidence, type ResetEvidenceSource } from '../../src/snapshot/reset-evidence.ts';
import type { IncomingFolder } from './incoming-folder.ts';
import { timeoutMs } from './journeys.ts';
import { openingAt, type Setting } from './setting.ts';

const password = new Secret({ env: 'PASSWORD' }, { PASSWORD: 'secret' });

export function omsSettings({ concurrency, coalesceAbove }: Setting): OmsSettings {
  return {
    baseUrl: 'http://oms.example',
    login: { username: 'flagship', password },
    facility: 'facilityId',
    requestsPerSecond: null,
    concurrency,
    timeoutSeconds: timeoutMs / 1_000,
    reasons: {},
    coalesceAbove,
    readBack: 'off',
  };
}

/** Where the retailer is connected to Smaregi: changes are taken from the opening on. */
export const smaregiSettings: SmaregiSettings = {
  baseUrl: 'https://smaregi.example',
  idUrl: 'https://id.smaregi.example',
  contractId: 'sb_simulated',
  clientId: 'flagship',
  clientSecret: password,
  scopes: ['pos.stock:read', 'pos.stock:write'],
  webhook: null,
  since: toIso(openingAt),
  pollSeconds: 60,
  overlapMinutes: 10,
  stock: 'available',
  reasons: {},
  limits: { readsPerSecond: 10, writesPerSecond: 4, concurrency: 2 },
  timeoutSeconds: timeoutMs / 1_000,
  sweepAt: '04:00',
};

/** As in src/app.ts; the folder is one in memory. */
export function evidenceOf(
  confirm: Setting['confirm'],
  folder: IncomingFolder,
  oms: OmsClient,
): ResetEvidenceSource | undefined {
  switch (confirm) {
    case 'schedule':
      return undefined;
    case 'pickup':
      return {
        async look(snapshots) {
          return snapshots.map(({ resetName }) => ({
            is: folder.names.includes(resetName) ? 'none' : 'picked-up',
          }));
        },
      };
    case 'data-manager':
      return importLogEvidence(oms);
  }
}
