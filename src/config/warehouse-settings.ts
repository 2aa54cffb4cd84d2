import { name, z } from './setting-fields.ts';

const words = z.array(name).default([]);
const page = z
  .url({ protocol: /^https?$/ })
  .nullable()
  .default(null);

/** The section `warehouse`: how its stock is split, and where a person uploads the B2C part. */
export const warehouse = z.strictObject({
  facility: name
    .nullable()
    .default(null)
    .describe('The warehouse, by any of its names in the store map. null: the only one there.'),
  reason: name.default('VAR_MANUAL').describe('varianceReasonId of allotments.'),
  comments: z.string().max(255).default(''),
  columns: z
    .strictObject({ product: words, total: words, b2b: words, b2c: words, facility: words })
    .prefault({})
    .describe('More header names of the split.'),
  products: name
    .nullable()
    .default(null)
    .describe('A CSV with a product column: known besides those in snapshots and ledger.'),
  uploadPages: z
    .strictObject({ variance: page, reset: page })
    .prefault({})
    .describe('Where a person uploads the file. null: the documented page of oms.baseUrl.'),
});
