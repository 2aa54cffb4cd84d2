import type { Configuration } from '../config/configuration.ts';
import { ProductRecords } from '../ledger/product-records.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
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
}): SmaregiAccess | undefined {
  const { configuration, database, clock, random } = options;
  const settings = configuration.smaregi;
  if (settings === null) return undefined;
  const smaregi = createSmaregiClient({ settings, clock, random });
  const records = new ProductRecords(database);
  return { settings, smaregi, products: new Products({ database, records, smaregi, clock }) };
}
