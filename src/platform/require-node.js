// Plain JavaScript that any Node understands: it must be able to refuse one that is too old. Imported before
// anything native, because better-sqlite3 crashes the process on a Node older than its ABI.
const needed = 24;
const found = Number(process.versions.node.split('.')[0]);
if (found < needed) {
  process.stderr.write(
    `Flagship needs Node ${needed} or newer; this is Node ${process.versions.node} (${process.execPath}).\n` +
      'Start it through npm (npm start, npm run flagship -- COMMAND): npm ci has installed the right Node.\n',
  );
  process.exit(2);
}
