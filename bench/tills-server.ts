// A Smaregi and an OMS in a process of their own, so that they do not share our event loop. Argument: how many products.
// Told {webhooks}, Smaregi sends its events there; told {sell: n}, its till sells product n and says when.
import { systemClock } from '../src/platform/clock.ts';
import { startOmsSandbox } from '../src/sandbox/oms-sandbox.ts';
import { type SmaregiSandbox, startSmaregiSandbox } from '../src/sandbox/smaregi-sandbox.ts';
import { benchProduct, benchStore } from './bench-retailer.ts';

const count = Number(process.argv[2]);
const products = Array.from({ length: count }, (_, n) => ({
  productId: String(1001 + n),
  productCode: benchProduct(n),
}));
const oms = await startOmsSandbox({
  stores: [benchStore],
  incoming: undefined,
  clock: systemClock,
  products: products.map(({ productCode }) => ({ idType: 'UPCA', idValue: productCode })),
});
const smaregi = await startSmaregiSandbox({ storeIds: [benchStore.storeId], products, clock: systemClock });
process.on(
  'message',
  (told: { webhooks?: Parameters<SmaregiSandbox['webhooks']['to']>[0]; sell?: number }) => {
    if (told.webhooks) smaregi.webhooks.to(told.webhooks);
    if (told.sell === undefined) return;
    const at = Date.now();
    smaregi.till.sell(benchStore.storeId, [{ productId: String(1001 + told.sell), quantity: 1 }]);
    process.send?.({ at });
  },
);
process.on('disconnect', () => process.exit(0));
const { application } = smaregi;
process.send?.({ oms: { url: oms.url, token: oms.token }, smaregi: { url: smaregi.url, application } });
