import type { Configuration } from '../config/configuration.ts';
import { openRemoteFolder } from '../delivery/open-folder.ts';
import type { Find, Found } from '../hotwax/oms-find.ts';
import { type ImportSaid, importOf } from '../hotwax/oms-imports.ts';
import type { Snapshot } from '../ledger/snapshot-records.ts';
import type { Clock } from '../platform/clock.ts';

/**
 * Signs that the OMS gives of a Reset CSV. `failed`: it read the file and applied nothing of it. `finishedAt`: when it
 * was done with it by its own clock, epoch milliseconds, if it says so.
 */
export type Sign =
  | { is: 'none' | 'picked-up' | 'failed' }
  | { is: 'finished'; finishedAt: number | undefined };

const none: Sign = { is: 'none' };

/** Looks for signs of delivered snapshots. */
export interface ResetEvidenceSource {
  /** One sign for each snapshot, in order. @throws Problem of the delivery or the OMS when it cannot look */
  look(snapshots: readonly Pick<Snapshot, 'resetName'>[], signal: AbortSignal): Promise<Sign[]>;
}

/** `pickup`: a file of ours that is no more in the incoming folder was taken by the OMS. One listing for all. */
export function pickupEvidence(place: Configuration['delivery'], clock: Clock): ResetEvidenceSource {
  return {
    async look(snapshots, signal) {
      const folder = await openRemoteFolder(place, { clock, signal });
      try {
        const names = new Set((await folder.list(folder.directory)).map((entry) => entry.name));
        return snapshots.map(({ resetName }) => (names.has(resetName) ? none : { is: 'picked-up' }));
      } finally {
        await folder.close();
      }
    },
  };
}

/** `data-manager`: the OMS's import log. */
export function importLogEvidence(oms: { performFind(find: Find): Promise<Found> }): ResetEvidenceSource {
  return {
    async look(snapshots) {
      const signs: Sign[] = [];
      for (const { resetName } of snapshots) {
        const said = await importOf(oms, resetName);
        signs.push(signOf(said));
      }
      return signs;
    },
  };
}

function signOf(said: ImportSaid | undefined): Sign {
  if (said === undefined || said.status === 'under-way') return none;
  return said.status === 'failed' ? { is: 'failed' } : { is: 'finished', finishedAt: said.finishedAt };
}
