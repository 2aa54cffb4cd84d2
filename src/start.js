// The command line's entry: plain JavaScript, so that a Node too old for TypeScript is refused in words.
import './platform/require-node.js';

await import('./cli.ts');
