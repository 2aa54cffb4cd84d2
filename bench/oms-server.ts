// The sandbox's OMS in a process of its own, so that it does not share our event loop. Arguments: how many
// products and stores.
import { systemClock } from '../src/platform/clock.ts';
import { startOmsSandbox } from '../src/sandbox/oms-sandbox.ts';
import { benchProduct, benchStores } from './bench-retailer.ts';

const count = Number(process.argv[2]);
const products = Array.from({ length: count }, (_, n) => ({ idType: 'UPCA', idValue: benchProduct(n) }));
const oms = await startOmsSandbox({
  stores: benchStores(Number(process.argv[3] ?? 1)),
  incoming: undefined,
  clock: systemClock,
  products,
});
process.send?.({ url: oms.url, token: oms.token });
process.on('disconnect', () => process.exit(0));
