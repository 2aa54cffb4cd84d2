import { createReadStream, openSync, writeSync } from 'node:fs';
import { Transform } from 'node:stream';
import Papa from 'papaparse';
import { encodingOf, headerOf, planOf, resetHeader } from './plan.ts';
import { ranPeer } from './ran-peer.ts';

// PapaParse, chunk by chunk, writing with its own unparse.

await ranPeer(async (input, output) => {
  const plan = planOf(headerOf(input));
  const decoder = new TextDecoder(encodingOf(input));
  const file = openSync(output, 'w');
  const write = (rows: string[][]) => {
    if (rows.length > 0) writeSync(file, `${Papa.unparse(rows, { newline: '\n' })}\n`);
  };
  write([resetHeader]);
  let isHeader = true;
  const text = createReadStream(input, { highWaterMark: 256 * 1024 }).pipe(
    new Transform({
      transform: (piece, _encoding, done) => done(null, decoder.decode(piece, { stream: true })),
    }),
  );
  await new Promise<void>((resolve, reject) => {
    Papa.parse<string[]>(text, {
      chunk({ data }) {
        write((isHeader ? data.slice(1) : data).flatMap(plan));
        isHeader = false;
      },
      complete: () => resolve(),
      error: reject,
    });
  });
});
