import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Configuration } from '../config/configuration.ts';
import { RecordReader } from '../csv/record-reader.ts';
import { type CsvFile, recordsOfFile } from '../csv/records-of-file.ts';
import type { FileEnd, InputFile, InputHashes } from '../ledger/file-end.ts';
import { SalesIngest } from '../recording/sales-ingest.ts';
import { SalesTally, salesSummary } from '../recording/sales-tally.ts';
import { takenAtOf } from '../smaregi/file-name.ts';
import type { TransactionLine } from '../smaregi/transaction-line.ts';
import { CsvOutput } from './csv-output.ts';
import { FeedRefusal } from './feed-refusal.ts';
import { endOfFiles, type ReceiveOptions, receiveFile } from './file-reception.ts';
import { SalesReading } from './sales-reading.ts';

// One sales file, from work/ to its end. What is durable after each step, and what a crash leaves:
//
//   1. read once to its end; refused or known content: recorded      a crash: read again
//   2. its lines in the ledger, thousands to a transaction;          a crash: read again from the start; what is
//      rejected rows under a temporary name                          recorded already is found so and not repeated
//   3. rejected rows flushed, file recorded                          a crash: step 4 is done at restart
//   4. rejected rows and input put where they are kept               the end: ledger/file-end.ts

/** Lines to one SQLite transaction: some forty milliseconds of work, in which pages that many lines touch are written once. */
export const linesPerBatch = 3_000;

/** A transaction with more lines than this is no sale; it may be spread over two SQLite transactions. */
const maxLinesPerBatch = 5_000;

const piecesPerBatch = 100;

export class SalesReceiver {
  readonly #options: ReceiveOptions;
  readonly #end: FileEnd;

  constructor(options: ReceiveOptions) {
    this.#options = options;
    this.#end = endOfFiles('sales', options);
  }

  /** Takes one sales file in work/ to its end; taking it again adds nothing twice. @throws as {@link receiveFile} */
  receive(file: InputFile, signal: AbortSignal): Promise<void> {
    const { from } = this.#options.configuration.sales;
    return receiveFile(
      {
        feed: 'sales',
        options: this.#options,
        end: this.#end,
        accept: (...taken) => this.#accept(...taken),
        mayTake() {
          if (from !== 'transactions') throw salesElsewhere(from);
        },
      },
      file,
      signal,
    );
  }

  async #accept(file: InputFile, hashes: InputHashes, content: CsvFile, signal: AbortSignal): Promise<void> {
    const { files, reached } = this.#options;
    const tally = new SalesTally();
    const rejected = new CsvOutput(this.#end.temporaryRejected(file), 'crlf');
    let reading: SalesReading;
    try {
      reading = await this.#ingest(file, content, rejected, tally, signal);
      await rejected.finish();
    } catch (error) {
      await rejected.discard();
      throw error;
    }
    await this.#end.requireUnchanged(file);
    const message = salesSummary(tally.figures);
    const record = await this.#end.acceptance(file, hashes, { rejected: tally.figures.rejected, message });
    files.add(record);
    reached('recorded');
    this.#tell(file, tally, reading, message);
    await this.#end.finish(file, record);
  }

  async #ingest(
    file: InputFile,
    content: CsvFile,
    rejected: CsvOutput,
    tally: SalesTally,
    signal: AbortSignal,
  ): Promise<SalesReading> {
    const { configuration, stores, movements } = this.#options;
    const { timeZone } = configuration;
    const reader = new RecordReader();
    const fileAt = takenAtOf(file.name, file.modifiedAt, timeZone);
    const onHeader = (width: number) => {
      reader.width = width;
    };
    const reading = new SalesReading({ stores, fileAt, timeZone, rejected, tally, onHeader });
    let ingest: SalesIngest | undefined;
    let batch: TransactionLine[] = [];
    for await (const records of recordsOfFile(content, reader)) {
      for (const record of records) {
        const taken = reading.take(record);
        if (taken === undefined) continue;
        ingest ??= new SalesIngest(movements, tally, reading.layout.correction);
        if (taken === 'anywhere' || !('lineId' in taken)) {
          ingest.gap(taken);
          continue;
        }
        if (isBoundary(batch, taken)) {
          await this.#commitLines(ingest, batch, tally, signal);
          batch = [];
        }
        batch.push(taken);
      }
      if (rejected.isFull) await rejected.flush();
    }
    if (tally.figures.lines === 0 && reading.layout) {
      throw new FeedRefusal('empty', 'The file has a header, but no row below it.');
    }
    ingest ??= new SalesIngest(movements, tally, reading.layout.correction);
    await this.#commitLines(ingest, batch, tally, signal);
    await this.#commitPieces(ingest.settle(true), tally, signal);
    return reading;
  }

  async #commitLines(
    ingest: SalesIngest,
    batch: TransactionLine[],
    tally: SalesTally,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#commit(tally, signal, () => ingest.takeAll(batch));
    if (ingest.isFull) await this.#commitPieces(ingest.settle(false), tally, signal);
  }

  async #commitPieces(pieces: Generator<() => void>, tally: SalesTally, signal: AbortSignal): Promise<void> {
    for (let isDone = false; !isDone; ) {
      await this.#commit(tally, signal, () => {
        for (let count = 0; count < piecesPerBatch && !isDone; count += 1) {
          const next = pieces.next();
          if (next.done) isDone = true;
          else next.value();
        }
      });
    }
  }

  /** One SQLite transaction; then everybody else has a turn. */
  async #commit(tally: SalesTally, signal: AbortSignal, work: () => void): Promise<void> {
    const before = tally.figures.movements;
    const { database, movements } = this.#options;
    database.transaction(() => movements.together(work)).immediate();
    this.#options.reached('ingesting');
    if (tally.figures.movements > before) this.#options.onMovements();
    await nextTurn();
    signal.throwIfAborted();
  }

  #tell(file: InputFile, tally: SalesTally, { layout }: SalesReading, message: string): void {
    const { log } = this.#options;
    const { lines, movements, leftOut, rejected, rejectedByReason, unknown } = tally.figures;
    this.#options.countRows?.({ feed: 'sales', read: lines, rejectedByReason });
    log.info(
      { file: file.name, lines, movements, leftOut, rejected, rejectedByReason },
      `${file.name} taken in: ${message}`,
    );
    if (Object.keys(unknown).length > 0) {
      log.warn(
        { code: 'unknown-division', file: file.name, unknown },
        `${file.name} has division codes that are not known here: ${Object.keys(unknown).join(', ')}`,
      );
    }
    if (layout.columns.cancelDivision === undefined) {
      log.warn(
        { code: 'sales-no-cancel-column', file: file.name },
        `${file.name} has no column 取消区分 (cancelDivision): cancellations cannot be seen in it`,
      );
    }
  }
}

/** Whether the batch is complete before this line: rows of one transaction stay together. */
function isBoundary(batch: TransactionLine[], next: TransactionLine): boolean {
  if (batch.length < linesPerBatch) return false;
  return batch.length >= maxLinesPerBatch || batch.at(-1)?.transactionId !== next.transactionId;
}

function salesElsewhere(from: Exclude<Configuration['sales']['from'], 'transactions'>): FeedRefusal {
  return new FeedRefusal(
    'sales-elsewhere',
    `Sales are taken from "${from}" (sales.from in the configuration), and files of transactions would count them ` +
      'twice. Set sales.from to "transactions" if files are to be the source, and stop dropping files here otherwise.',
  );
}
