import { Secret } from '../../src/config/secret.ts';
import type { OmsClient, OmsSettings } from '../../src/hotwax/oms-client.ts';
import { importLogEvidence, type ResetEvidenceSource } from '../../src/snapshot/reset-evidence.ts';
import type { IncomingFolder } from './incoming-folder.ts';
import type { Setting } from './setting.ts';

const password = new Secret({ env: 'PASSWORD' }, { PASSWORD: 'secret' });

export function omsSettings({ concurrency, coalesceAbove }: Setting): OmsSettings {
  return {
    baseUrl: 'http://oms.example',
    login: { username: 'flagship', password },
    facility: 'facilityId',
    requestsPerSecond: null,
    concurrency,
    timeoutSeconds: 30,
    reasons: {},
    coalesceAbove,
    readBack: 'off',
  };
}

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
