import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { jsonSchema } from '../../src/config/schema.ts';

test('the committed JSON Schema is the one that the code makes (npm run schema)', () => {
  const committed = readFileSync(new URL('../../docs/flagship.schema.json', import.meta.url), 'utf8');
  expect(JSON.parse(committed)).toEqual(JSON.parse(JSON.stringify(jsonSchema())));
});
