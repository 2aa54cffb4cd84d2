import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';

/**
 * The environment for a thread of ours, so that it uses the process's cache of compiled code. Without it each thread
 * loads the compiler that strips types: a third of a second of work and 20 MB.
 */
export function threadEnvironment(): NodeJS.ProcessEnv {
  const cache = getCompileCacheDir(); // the folder that is configured, and below it one for this version of Node
  return cache === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: dirname(cache) };
}
