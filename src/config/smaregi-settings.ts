import { minutes, name, pollSeconds, seconds, secret, timeOfDay, z } from './setting-fields.ts';

/** Smaregi's own kinds of stock change: two digits. */
const stockDivision = z.string().regex(/^\d{2}$/, 'must be a stock division such as "07"');

/** The section `smaregi`: the Platform API of one contract. */
export const smaregi = z.strictObject({
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .describe('Host of the API, such as https://api.smaregi.jp, or the address of the contract up to /pos.'),
  idUrl: z
    .url({ protocol: /^https?$/ })
    .describe('Host that gives tokens, such as https://id.smaregi.jp, or the whole address up to /token.'),
  contractId: name,
  clientId: name,
  clientSecret: secret,
  scopes: z
    .array(name)
    .min(1)
    .default([
      'pos.products:read',
      'pos.stock:read',
      'pos.stock:write',
      'pos.stock-changes:read',
      'pos.transactions:read',
    ]),
  webhook: z
    .strictObject({ header: name, value: secret })
    .nullable()
    .default(null)
    .describe('Header and value that the developer console sends along with every webhook.'),
  pollSeconds,
  overlapMinutes: minutes
    .default(10)
    .describe('Each poll looks back so far behind what was read before: what Smaregi shows late is found.'),
  since: z.iso
    .datetime({ offset: true })
    .optional()
    .describe(
      'What Smaregi recorded before is never taken. Default: the last delivered snapshot, else the first start.',
    ),
  stock: z
    .enum(['available', 'plain'])
    .default('available')
    .describe('What counts as stock: stockAmount less layawayStockAmount, or stockAmount.'),
  reasons: z
    .record(stockDivision, name)
    .default({})
    .describe('Variance reason by stockDivision, before oms.reasons: {"07": "POS_RESERVED"}.'),
  limits: z
    .strictObject({
      readsPerSecond: z.number().positive().default(10),
      writesPerSecond: z.number().positive().default(4),
      concurrency: z.number().int().min(1).max(32).default(4),
    })
    .prefault({}),
  timeoutSeconds: seconds.default(30),
  sweepAt: timeOfDay.default('04:00').describe('When the list of products is read anew.'),
});
