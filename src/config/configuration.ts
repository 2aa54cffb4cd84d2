import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import { messageOf, Problem } from '../platform/problem.ts';
import { configurationSchema, type Settings } from './schema.ts';
import { Secret, type SecretSource } from './secret.ts';

/** Replaces every `{env}`/`{file}` in the settings by a Secret, in types as {@link withSecrets} does in values. */
type Resolved<T> = T extends SecretSource
  ? Secret
  : T extends readonly (infer Item)[]
    ? Resolved<Item>[]
    : T extends object
      ? { [Key in keyof T]: Resolved<T[Key]> }
      : T;

/** Checked settings with every path absolute and every secret wrapped. */
export type Configuration = Resolved<Settings>;
export type DeliveryPlace = Configuration['delivery'];
export type SftpPlace = Extract<DeliveryPlace, { type: 'sftp' }>;
export type FolderPlace = Extract<DeliveryPlace, { type: 'folder' }>;

/** The configuration file that a command uses: `--config`, else `FLAGSHIP_CONFIG`, else the default. */
export function configurationPath(option: string | undefined, environment: NodeJS.ProcessEnv): string {
  return resolve(option ?? (environment.FLAGSHIP_CONFIG || 'data/flagship.json'));
}

/**
 * Reads and checks a configuration file. All faults are reported at once, each with its path.
 *
 * @throws Problem `configuration-unreadable`, `configuration-invalid`
 */
export function loadConfiguration(path: string, environment: NodeJS.ProcessEnv): Configuration {
  const parsed = configurationSchema.safeParse(readJson(path), { reportInput: true });
  if (!parsed.success) throw invalid(path, parsed.error.issues.flatMap(faultsOf));
  return withPaths(parsed.data, dirname(path), environment);
}

/** The secrets that the configuration names but that have no value, each with its path. */
export function missingSecrets(value: unknown, path = ''): string[] {
  if (value instanceof Secret) {
    try {
      value.reveal();
      return [];
    } catch (error) {
      return [`${path}: ${messageOf(error)}`];
    }
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => missingSecrets(item, path ? `${path}.${key}` : key));
}

/** @throws Problem `configuration-invalid` naming every secret without a value */
export function requireSecrets(configuration: Configuration, path: string): void {
  const faults = missingSecrets(configuration);
  if (faults.length > 0) throw invalid(path, faults);
}

function readJson(path: string): unknown {
  let text = '';
  try {
    text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
    return JSON.parse(text);
  } catch (error) {
    throw new Problem(
      'configuration-unreadable',
      `${path}: ${error instanceof SyntaxError ? syntaxFault(text, error) : messageOf(error)}`,
      'Name the file with --config FILE or FLAGSHIP_CONFIG; it must be JSON. data/sample/flagship.json is one to copy.',
    );
  }
}

/** So much of the file stands before the fault in what JSON.parse quotes. */
const quotedBefore = 10;

/** The line of a fault in JSON, without the piece of the file that JSON.parse quotes: a secret may be in it. */
function syntaxFault(text: string, { message }: SyntaxError): string {
  const [, what, isCut, quoted] = /^(.*?), (\.{3})?"(.*)"(?:\.{3})? is not valid JSON$/s.exec(message) ?? [];
  if (what === undefined || quoted === undefined) return message;
  const at = isCut ? text.indexOf(quoted) + quotedBefore : 0;
  return `line ${text.slice(0, at).split('\n').length} is not valid JSON: ${what}`;
}

function invalid(path: string, faults: string[]): Problem {
  return new Problem(
    'configuration-invalid',
    [`${path} has ${faults.length} fault${faults.length === 1 ? '' : 's'}:`, ...faults].join('\n  '),
    'Correct them all and run "flagship check". docs/flagship.schema.json describes every key.',
  );
}

function faultsOf(issue: z.core.$ZodIssue): string[] {
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${path ? `${path}.` : ''}${key}: unknown key`);
  }
  const isMissing = issue.code === 'invalid_type' && issue.input === undefined;
  return [`${path || '(top)'}: ${isMissing ? 'is missing' : issue.message}`];
}

/** Paths in the file are relative to the file. */
function withPaths(settings: Settings, base: string, environment: NodeJS.ProcessEnv): Configuration {
  const absolute = (path: string) => resolve(base, path);
  const located = structuredClone(settings);
  located.dataDir = absolute(located.dataDir);
  located.stores = absolute(located.stores);
  if (located.warehouse.products) located.warehouse.products = absolute(located.warehouse.products);
  for (const place of [located.delivery, located.fulfilled]) {
    if (place?.type !== 'folder') continue;
    place.directory = absolute(place.directory);
    if (place.temporaryDirectory) place.temporaryDirectory = absolute(place.temporaryDirectory);
  }
  return withSecrets(located, absolute, environment) as Configuration;
}

function withSecrets(
  value: unknown,
  absolute: (path: string) => string,
  environment: NodeJS.ProcessEnv,
): unknown {
  if (Array.isArray(value)) return value.map((item) => withSecrets(item, absolute, environment));
  if (typeof value !== 'object' || value === null) return value;
  if (isSecretSource(value)) {
    const source = 'file' in value ? { file: absolute(value.file) } : value;
    return new Secret(source, environment);
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, withSecrets(item, absolute, environment)]),
  );
}

function isSecretSource(value: object): value is SecretSource {
  const keys = Object.keys(value);
  return keys.length === 1 && (keys[0] === 'env' || keys[0] === 'file');
}
