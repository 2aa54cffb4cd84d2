import { onTestFinished } from 'vitest';
import { Secret } from '../../src/config/secret.ts';
import { createOmsClient, type OmsClient, type OmsSettings } from '../../src/hotwax/oms-client.ts';
import { BackgroundFlush } from '../../src/platform/background-flush.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { DepartureNotes } from '../../src/posting/departures.ts';
import { omsRecipient } from '../../src/posting/oms-recipient.ts';
import { Poster } from '../../src/posting/poster.ts';
import { createSendQueue, type SendQueue } from '../../src/posting/send-queue.ts';
import { type OmsSandbox, startOmsSandbox } from '../../src/sandbox/oms-sandbox.ts';
import { makeLedger, type TestLedger } from './ledger.ts';
import { smallRetailer } from './small-retailer.ts';

export interface PostingShop {
  oms: OmsSandbox;
  ledger: TestLedger;
  settings: OmsSettings;
  /** A client of the OMS, and a poster that has begun; both end with the test. */
  start(): { client: OmsClient; poster: Poster; queue: SendQueue };
}

/** The small retailer's ledger, and an OMS over HTTP that knows `productCodes`. */
export async function postingShop(
  productCodes: readonly string[],
  change: Partial<OmsSettings> = {},
): Promise<PostingShop> {
  const oms = await startOms(productCodes);
  const ledger = await makeLedger();
  const settings: OmsSettings = {
    baseUrl: oms.url,
    token: new Secret({ env: 'TOKEN' }, { TOKEN: oms.token }),
    facility: 'facilityId',
    requestsPerSecond: null,
    concurrency: 4,
    timeoutSeconds: 2,
    reasons: {},
    coalesceAbove: 1000,
    readBack: 'off',
    ...change,
  };
  return {
    oms,
    ledger,
    settings,
    start() {
      const client = createOmsClient({ oms: settings, clock: systemClock });
      const queue = createSendQueue(settings, systemClock);
      const poster = new Poster({
        ...ledger,
        background: new BackgroundFlush(ledger.database),
        notes: new DepartureNotes(`${ledger.path}-departures`),
        recipient: omsRecipient({ oms: client, settings, idType: 'UPCA', stores: smallRetailer }),
        queue,
        clock: systemClock,
        random: () => 0.5,
        log: createLogger('silent'),
      });
      poster.start();
      onTestFinished(async () => {
        await poster.stop(AbortSignal.timeout(3_000));
        await client.close();
      });
      return { client, poster, queue };
    },
  };
}

/** An OMS that has the small retailer's stores; it ends with the test. `port`: that of one that was closed. */
export async function startOms(productCodes: readonly string[], port?: number): Promise<OmsSandbox> {
  const oms = await startOmsSandbox({
    stores: smallRetailer,
    incoming: undefined,
    clock: systemClock,
    products: productCodes.map((idValue) => ({ idType: 'UPCA', idValue })),
    ...(port !== undefined && { port }),
  });
  onTestFinished(() => oms.close());
  return oms;
}
