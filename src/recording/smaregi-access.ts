import type { Configuration } from '../config/configuration.ts';
import { ProductRecords } from '../ledger/product-records.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import type { Logger } from '../platform/logger.ts';
import { createSmaregiClient, type SmaregiClient, type SmaregiSettings } from '../smaregi/smaregi-client.ts';
import { Products } from './products.ts';

/** Everything that speaks with Smaregi shares one client, for its limits, and one list of products. */
export interface SmaregiAccess {
  settings: SmaregiSettings;
  smaregi: SmaregiClient;
  products: Products;
}

/** Undefined where no Smaregi is configured. Close its client when nobody needs it any more. */
export function openSmaregi(options: {
  configuration: Configuration;
  database: Database;
  clock: Clock;
  random: () => number;
  log: Logger;
}): SmaregiAccess | undefined {
  const { configuration, database, clock, random, log } = options;
  const settings = configuration.smaregi;
  if (settings === null) return undefined;
  const onUnknownField = (field: string) =>
    log.info({ code: 'unknown-field', field }, `Smaregi sends a field that is not known here: ${field}`);
  const smaregi = createSmaregiClient({ settings, clock, random, onUnknownField });
  const records = new ProductRecords(database);
  return { settings, smaregi, products: new Products({ database, records, smaregi, clock }) };
}
