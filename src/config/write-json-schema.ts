// npm run schema: writes docs/flagship.schema.json anew from the schema in the code.
import { writeFileSync } from 'node:fs';
import { jsonSchema } from './schema.ts';

const path = new URL('../../docs/flagship.schema.json', import.meta.url);
writeFileSync(path, `${JSON.stringify(jsonSchema(), null, 2)}\n`);
