// What pm2 starts. The check of the Node version comes first: nothing native may be loaded before it.
import './platform/require-node.js';
import { enableCompileCache } from 'node:module';

// Types are stripped once per version of a file, not once per start.
enableCompileCache();

const { run } = await import('./commands/run.ts');
const { configurationPath } = await import('./config/configuration.ts');

const at = process.argv.indexOf('--config');
const path = configurationPath(at < 0 ? undefined : process.argv[at + 1], process.env);
process.exit(await run(path, process.env));
