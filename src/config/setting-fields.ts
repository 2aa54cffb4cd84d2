import { z } from 'zod';

// The pieces of which every section of the configuration is made, and the door to the library that checks them.

export { z };

export const seconds = z.number().positive().max(86_400);
export const minutes = z.number().min(0).max(1_440);
export const ratio = z.number().min(0).max(1);
export const port = z.number().int().min(0).max(65_535);
export const name = z.string().min(1);

export const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as "05:30"')
  .describe('Time of day, HH:MM, in timeZone.');

export const secret = z
  .union([z.strictObject({ env: name }), z.strictObject({ file: name })], {
    error: 'must be {"env": "NAME"} or {"file": "path"}: the secret itself never stands in the configuration',
  })
  .describe('{"env": "NAME"} or {"file": "path"}: where a secret is, never the secret itself.');

export const pollSeconds = seconds.default(60);

/** What settings ask of each other is looked at though one of them is wrong by itself: all faults are told at once. */
export function evenIfOthersAreWrong({ value }: { value: unknown }): boolean {
  return typeof value === 'object' && value !== null;
}

/** Exactly one of two settings is given. */
export function isOne(one: unknown, other: unknown): boolean {
  return (one === undefined) !== (other === undefined);
}
