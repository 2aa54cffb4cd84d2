import { createReadStream, createWriteStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';
import { stringify } from 'csv-stringify';
import { encodingOf, headerOf, planOf, resetHeader } from './plan.ts';
import { ranPeer } from './ran-peer.ts';

// The usual way in Node: streams of csv-parse and csv-stringify.

await ranPeer(async (input, output) => {
  const plan = planOf(headerOf(input));
  const decoder = new TextDecoder(encodingOf(input));
  await pipeline(
    createReadStream(input),
    new Transform({
      transform: (piece, _encoding, done) => done(null, decoder.decode(piece, { stream: true })),
    }),
    parse({ from_line: 2, relax_column_count: true, record_delimiter: ['\r\n', '\n', '\r'] }),
    new Transform({
      objectMode: true,
      transform(cells: string[], _encoding, done) {
        for (const row of plan(cells)) this.push(row);
        done();
      },
    }),
    stringify({ header: true, columns: resetHeader }),
    createWriteStream(output),
  );
});
