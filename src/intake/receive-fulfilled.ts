import { RecordReader } from '../csv/record-reader.ts';
import { type CsvFile, recordsOfFile } from '../csv/records-of-file.ts';
import type { FileEnd, InputFile, InputHashes } from '../ledger/file-end.ts';
import { CsvOutput } from './csv-output.ts';
import { endOfFiles, type ReceiveOptions, type Reception, receiveFile } from './file-reception.ts';
import { FulfilledReading, type PackedGroup } from './fulfilled-reading.ts';
import { PackingIngest } from './packing-ingest.ts';
import { RejectedRows } from './rejected-rows.ts';

// One file of the store-fulfilled feed, from work/ to its end. What is durable after each step, and what a crash leaves:
//
//   1. read to its end; rejected rows under a temporary name      a crash: read again from the start
//   2. its movements and the file's record, one transaction       a crash: step 3 is done at restart
//   3. rejected rows and input put where they are kept            the end: ledger/file-end.ts

/** What became of the rows of one file. */
interface Figures {
  rows: number;
  movements: number;
  units: number;
  /** Totals that were recorded before. */
  repeated: number;
  rejected: number;
  rejectedByReason: Record<string, number>;
}

export class FulfilledReceiver {
  readonly #options: ReceiveOptions;
  readonly #end: FileEnd;
  readonly #ingest: PackingIngest;

  constructor(options: ReceiveOptions) {
    this.#options = options;
    this.#ingest = new PackingIngest(options.movements);
    this.#end = endOfFiles('fulfilled', options);
  }

  /** Takes one file in work/ to its end; taking it again packs nothing twice. @throws as {@link receiveFile} */
  receive(file: InputFile, signal: AbortSignal): Promise<void> {
    const accept: Reception['accept'] = (...taken) => this.#accept(...taken);
    return receiveFile({ feed: 'fulfilled', options: this.#options, end: this.#end, accept }, file, signal);
  }

  async #accept(file: InputFile, hashes: InputHashes, content: CsvFile, signal: AbortSignal): Promise<void> {
    const output = new CsvOutput(this.#end.temporaryRejected(file), 'crlf');
    const figures: Figures = {
      rows: 0,
      movements: 0,
      units: 0,
      repeated: 0,
      rejected: 0,
      rejectedByReason: {},
    };
    let packed: PackedGroup[];
    try {
      packed = await this.#read(content, output, figures, signal);
      await output.finish();
    } catch (error) {
      await output.discard();
      throw error;
    }
    await this.#end.requireUnchanged(file);
    const message = summary(figures);
    const record = await this.#end.acceptance(file, hashes, { rejected: figures.rejected, message });
    this.#options.database
      .transaction(() => {
        for (const group of packed) this.#pack(group, file);
        this.#options.files.add(record);
      })
      .immediate();
    this.#options.reached('recorded');
    if (packed.length > 0) this.#options.onMovements();
    this.#tell(file, figures, message);
    await this.#end.finish(file, record);
  }

  /** The totals that say something new. Nobody else changes what is recorded of packing, so that it stays true. */
  async #read(
    content: CsvFile,
    output: CsvOutput,
    figures: Figures,
    signal: AbortSignal,
  ): Promise<PackedGroup[]> {
    const rejected = new RejectedRows(output);
    const reject = (line: number, reason: string, cells: string[], header: string[]) => {
      figures.rejected += 1;
      figures.rejectedByReason[reason] = (figures.rejectedByReason[reason] ?? 0) + 1;
      rejected.add(line, reason, cells, header);
    };
    const reader = new RecordReader();
    const onHeader = (width: number) => {
      reader.width = width;
    };
    const reading = new FulfilledReading({ stores: this.#options.stores, onHeader, reject });
    for await (const records of recordsOfFile(content, reader)) {
      signal.throwIfAborted();
      for (const record of records) reading.take(record);
      if (output.isFull) await output.flush();
    }
    const { header } = reading.layout;
    figures.rows = reading.rows;
    const packed: PackedGroup[] = [];
    for (const group of reading.groups) {
      const verdict = this.#ingest.verdictOn(group.total);
      if (verdict === 'new') packed.push(group);
      else if (verdict === 'repeat') figures.repeated += 1;
      else for (const { line, cells } of group.rows) reject(line, 'packed-is-final', cells, header);
    }
    figures.movements = packed.length;
    figures.units = packed.reduce((sum, { total }) => sum + this.#ingest.newUnits(total), 0);
    return packed;
  }

  #pack({ total }: PackedGroup, file: InputFile): void {
    const now = this.#options.clock.now();
    this.#ingest.pack(total, { packedAt: Math.min(file.modifiedAt, now), now });
  }

  #tell(file: InputFile, figures: Figures, message: string): void {
    const { rows: read, rejectedByReason } = figures;
    this.#options.countRows?.({ feed: 'fulfilled', read, rejectedByReason });
    const { log } = this.#options;
    log.info({ file: file.name, ...figures }, `${file.name} taken in: ${message}`);
    const final = figures.rejectedByReason['packed-is-final'] ?? 0;
    if (final > 0) {
      log.error(
        { code: 'packed-is-final', file: file.name, rows: final },
        `${file.name} would take back what was packed in ${final} rows: refused, Smaregi's stock stays lowered`,
      );
    }
  }
}

/** `20 rows, 12 movements for 14 units, 3 known before, 1 rejected`. */
function summary({ rows, movements, units, repeated, rejected }: Figures): string {
  return `${rows} rows, ${movements} movements for ${units} units, ${repeated} known before, ${rejected} rejected`;
}
