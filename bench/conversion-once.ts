import { convertInWorker } from '../src/snapshot/convert-in-worker.ts';
import { benchStores } from './inventory-file.ts';
import { ranPeer } from './peers/ran-peer.ts';

// Flagship itself: node bench/conversion-once.ts INPUT OUTPUT, in a process of its own.

await ranPeer(async (input, output) => {
  const report = await convertInWorker({
    input,
    inputName: 'zaiko_20261124_0300.csv',
    output,
    rejected: `${output}.rejected`,
    stores: benchStores(30),
    inventory: {
      encoding: 'auto',
      store: null,
      columns: { storeId: [], storeCode: [], productCode: [], quantity: [] },
      idType: 'UPCA',
      negative: 'pass',
      maxRejectedRatio: 0.01,
      maxDropRatio: 0.5,
    },
    reset: {
      columns: ['facilityId', 'externalFacilityId', 'locationSeqId', 'idType', 'idValue', 'availableQty'],
      lineEnd: 'lf',
      comments: '',
    },
    maxUnpackedBytes: 4e9,
  });
  if (report.outcome !== 'converted') throw new Error(report.message);
});
