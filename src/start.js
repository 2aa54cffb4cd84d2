// The command line's entry: plain JavaScript, so that a Node too old for TypeScript is refused in words.
import './platform/require-node.js';

// Types are stripped once per version of a file, not once per start.
const { enableCompileCache } = await import('node:module');
enableCompileCache();

await import('./cli.ts');
