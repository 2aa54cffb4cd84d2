// Writes data/sample anew: npx node test/support/write-sample-retailer.ts
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sampleFiles } from './sample-retailer.ts';

const folder = join(import.meta.dirname, '../../data/sample');
for (const [name, bytes] of sampleFiles()) writeFileSync(join(folder, name), bytes);
