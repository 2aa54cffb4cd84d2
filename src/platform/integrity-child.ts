// The check of a large database, in a process of its own: it reads for seconds without a pause, and can be killed.
import { damageIn } from './database.ts';

process.stdout.write(damageIn(process.argv[2] ?? '') ?? '');
