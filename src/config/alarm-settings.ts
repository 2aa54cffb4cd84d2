import { minutes, name, port, seconds, secret, timeOfDay, z } from './setting-fields.ts';

const weekday = z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']);

const hours = z
  .strictObject({
    from: timeOfDay,
    to: timeOfDay,
    days: z.array(weekday).min(1).default(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']),
  })
  .refine(({ from, to }) => from < to, { path: ['to'], message: 'must be later than from' });

const webhook = z.strictObject({
  url: z
    .union([z.url({ protocol: /^https?$/ }), secret])
    .describe('An address that lets everybody post, such as one of Slack, is a secret.'),
  format: z
    .enum(['slack', 'json'])
    .default('json')
    .describe('slack: {"text": …}, which Slack and its like take; json: everything that is known.'),
  header: z
    .strictObject({ name, value: secret })
    .optional()
    .describe('Sent along, such as an authorization.'),
});

const email = z.strictObject({
  host: name,
  port: port.default(587),
  security: z
    .enum(['starttls', 'tls', 'none'])
    .default('starttls')
    .describe('starttls: nothing is sent before the connection is encrypted; tls: from the first byte.'),
  login: z.strictObject({ username: name, password: secret }).optional(),
  from: name,
  to: z.array(name).min(1),
});

/** The section `alarms`: when somebody is told, and how. Everything is in the log in any case. */
export const alarms = z.strictObject({
  doubtMinutes: minutes.default(30).describe('A doubt older than this.'),
  backlogMinutes: minutes.default(15).describe('A movement that has been due for longer than this.'),
  undeliveredMinutes: minutes
    .default(10)
    .describe('A snapshot that is not delivered so long after it was taken in, or by the deadline.'),
  noSalesMinutes: z
    .number()
    .positive()
    .max(1_440)
    .default(120)
    .describe('No sale of a store for so long while it is open.'),
  openingHours: z
    .strictObject({
      every: hours.nullable().default(null),
      stores: z.record(name, hours.nullable()).default({}),
    })
    .prefault({})
    .describe('Of every store, and by storeId where they differ. null: silence is no alarm.'),
  tokenDays: z.number().min(0).default(14),
  diskMegabytes: z.number().min(0).default(1_024),
  clockSeconds: z.number().positive().default(60),
  calmSeconds: z
    .number()
    .min(0)
    .max(86_400)
    .default(120)
    .describe('An alarm ends when its cause has been gone for so long: what comes and goes is told once.'),
  everySeconds: seconds.default(15),
  webhooks: z.array(webhook).default([]),
  email: email.nullable().default(null),
});
