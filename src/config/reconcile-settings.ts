import { name, timeOfDay, z } from './setting-fields.ts';

/** The section `reconcile`: comparing what the OMS holds with what it should hold. */
export const reconcile = z.strictObject({
  at: timeOfDay
    .nullable()
    .default(null)
    .describe('When the service compares by itself, once a day. null: never.'),
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .nullable()
    .default(null)
    .describe('Where checkShippingInventory is, if not at oms.baseUrl.'),
  productStoreId: name.nullable().default(null).describe('Sent along where the OMS asks for it.'),
  batchSize: z.number().int().min(1).max(500).default(100).describe('Products in one request.'),
  requestsPerSecond: z.number().positive().nullable().default(2).describe('null: no limit.'),
});
