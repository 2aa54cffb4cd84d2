import { isTimeZone } from '../platform/time-zone.ts';
import { alarms } from './alarm-settings.ts';
import { reconcile } from './reconcile-settings.ts';
import {
  evenIfOthersAreWrong,
  isOne,
  minutes,
  name,
  pollSeconds,
  port,
  ratio,
  seconds,
  secret,
  timeOfDay,
  z,
} from './setting-fields.ts';
import { smaregi } from './smaregi-settings.ts';
import { warehouse } from './warehouse-settings.ts';

// The one source of the configuration's shape: types, validation, defaults and docs/flagship.schema.json.

const synonyms = z.array(name).default([]);

const inventory = z.strictObject({
  encoding: z.enum(['auto', 'utf-8', 'cp932']).default('auto'),
  store: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe('storeId or storeCode of files that have no store column.'),
  columns: z
    .strictObject({
      storeId: synonyms,
      storeCode: synonyms,
      productCode: synonyms,
      quantity: synonyms,
    })
    .prefault({})
    .describe('More header names, besides those that Smaregi uses.'),
  idType: name.default('UPCA'),
  negative: z.enum(['pass', 'zero']).default('pass'),
  maxRejectedRatio: ratio.default(0.01),
  maxDropRatio: ratio.default(0.5),
});

export const resetFields = [
  'facilityId',
  'externalFacilityId',
  'locationSeqId',
  'idType',
  'idValue',
  'availableQty',
  'resetByAtp',
  'comments',
  'productId',
] as const;

const resetField = z.enum(resetFields);

const reset = z
  .strictObject({
    columns: z
      .array(
        z.union([resetField, z.strictObject({ name, from: resetField })], {
          error: `must be one of ${resetFields.join(', ')}, or {"name": "as the OMS spells it", "from": one of them}`,
        }),
      )
      .min(1)
      .default(['facilityId', 'externalFacilityId', 'locationSeqId', 'idType', 'idValue', 'availableQty']),
    lineEnd: z.enum(['lf', 'crlf']).default('lf'),
    resetByAtp: z
      .boolean()
      .optional()
      .describe('Value of the column resetByAtp. Smaregi counts on hand: false.'),
    comments: z.string().max(255).default('').describe('Value of the column comments.'),
    deadline: timeOfDay.default('05:00'),
    appliesAt: timeOfDay.default('05:30'),
    confirm: z.enum(['schedule', 'pickup', 'data-manager']).default('schedule'),
    windowLeadMinutes: minutes.default(10),
    confirmMarginMinutes: minutes.default(45),
    holdLimitMinutes: minutes.default(180),
    pollSeconds: seconds
      .default(15)
      .describe('How often the OMS is asked for a sign of a delivered snapshot (pickup, data-manager).'),
  })
  .refine(({ columns, resetByAtp }) => resetByAtp !== undefined || !usesResetByAtp(columns), {
    path: ['resetByAtp'],
    error: 'is needed by the column resetByAtp',
    when: evenIfOthersAreWrong,
  });

function usesResetByAtp(columns: unknown): boolean {
  return Array.isArray(columns) && columns.some((column) => (column?.from ?? column) === 'resetByAtp');
}

const temporaryDirectory = name
  .optional()
  .describe('Where a file is while it is written; the same file system. Default: the directory, dot name.');

const folderPlace = z.strictObject({ type: z.literal('folder'), directory: name, temporaryDirectory });

const sftpPlace = z.strictObject({
  type: z.literal('sftp'),
  host: name,
  port: z.number().int().min(1).max(65_535).default(22),
  username: name,
  privateKey: secret.optional(),
  passphrase: secret.optional(),
  password: secret.optional(),
  hostKey: z
    .string()
    .regex(/^SHA256:[A-Za-z0-9+/]{43}=?$/, 'must be a fingerprint as ssh-keygen -lf prints it: SHA256:…')
    .describe('Fingerprint of the server, as ssh-keygen -lf prints it.'),
  directory: name,
  temporaryDirectory,
  timeoutSeconds: seconds.default(30),
  requestKilobytes: z
    .number()
    .int()
    .min(4)
    .max(248)
    .default(248)
    .describe('The largest write, where the server takes it: OpenSSH does; others are given 31.'),
  writeWindow: z
    .number()
    .int()
    .min(1)
    .max(256)
    .default(64)
    .describe('Writes under way at once. 1 for servers that cannot take more.'),
  readBackMegabytes: z
    .number()
    .min(0)
    .default(64)
    .describe('Files up to this size are read back and compared after the upload.'),
});

const hasOneKey = (place: { type: string; privateKey?: unknown; password?: unknown }) =>
  place.type !== 'sftp' || isOne(place.privateKey, place.password);
const oneKey = {
  path: ['privateKey'],
  error: 'give privateKey or password, one of them',
  when: evenIfOthersAreWrong,
};

const delivery = z.discriminatedUnion('type', [sftpPlace, folderPlace]).refine(hasOneKey, oneKey);

const fulfilled = z
  .discriminatedUnion('type', [sftpPlace.extend({ pollSeconds }), folderPlace.extend({ pollSeconds })])
  .refine(hasOneKey, oneKey);

const oms = z
  .strictObject({
    baseUrl: z.url({ protocol: /^https?$/ }),
    token: secret.optional(),
    login: z.strictObject({ username: name, password: secret }).optional(),
    facility: z.enum(['facilityId', 'externalFacilityId']).default('facilityId'),
    requestsPerSecond: z.number().positive().nullable().default(10).describe('null: no limit.'),
    concurrency: z.number().int().min(1).max(64).default(4),
    timeoutSeconds: seconds.default(30),
    reasons: z.record(name, name).default({ sale: 'POS_SALE' }),
    coalesceAbove: z.number().int().min(0).default(1000),
    readBack: z.enum(['off', 'variance', 'quantity']).default('off'),
  })
  .refine(({ token, login }) => isOne(token, login), {
    path: ['token'],
    error: 'give token or login, one of them',
    when: evenIfOthersAreWrong,
  });

const status = z
  .strictObject({
    host: name.default('127.0.0.1'),
    port: port.default(8180),
    token: secret.optional(),
  })
  .refine(({ host, token }) => token !== undefined || typeof host !== 'string' || isLoopback(host), {
    path: ['token'],
    error: ({ input }) => `is needed to listen on ${(input as { host: string }).host}`,
    when: evenIfOthersAreWrong,
  });

export const configurationSchema = z
  .strictObject({
    $schema: z.string().optional(),
    dataDir: name.default('.'),
    timeZone: z.string().refine(isTimeZone, 'is not a time zone such as "Asia/Tokyo"').default('Asia/Tokyo'),
    stores: name.default('stores.csv').describe('The store map, a CSV file.'),
    inbox: z
      .strictObject({
        settleSeconds: z
          .number()
          .min(0)
          .max(3_600)
          .default(2)
          .describe('A file is taken after it has been still this long.'),
        scanSeconds: seconds.default(5).describe('The inbox is looked through at least this often.'),
        maxUnpackedMegabytes: z
          .number()
          .positive()
          .default(4_096)
          .describe('Limit for .gz and .zip, unpacked.'),
      })
      .prefault({}),
    inventory: inventory.prefault({}),
    reset: reset.prefault({}),
    delivery,
    oms: oms.nullable().default(null),
    sales: z
      .strictObject({
        from: z.enum(['transactions', 'stock-changes', 'transactions-api']).default('transactions'),
      })
      .prefault({}),
    smaregi: smaregi.nullable().default(null),
    fulfilled: fulfilled.nullable().default(null),
    warehouse: warehouse.prefault({}),
    alarms: alarms.prefault({}),
    reconcile: reconcile.prefault({}),
    status: status.nullable().prefault({}),
    log: z
      .strictObject({ level: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info') })
      .prefault({}),
  })
  .refine(({ sales, smaregi }) => smaregi !== null || (sales?.from ?? 'transactions') === 'transactions', {
    path: ['sales', 'from'],
    error: 'needs smaregi, unless it is "transactions"',
    when: evenIfOthersAreWrong,
  })
  .refine(({ smaregi, status }) => !smaregi?.webhook || status !== null, {
    path: ['smaregi', 'webhook'],
    error: 'needs status, whose port takes it',
    when: evenIfOthersAreWrong,
  });

export type Settings = z.output<typeof configurationSchema>;
export type ResetField = (typeof resetFields)[number];

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** The configuration file's shape as JSON Schema, for editors. */
export function jsonSchema(): object {
  return z.toJSONSchema(configurationSchema, { io: 'input' });
}
