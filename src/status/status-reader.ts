import { Worker } from 'node:worker_threads';
import type { DataFolders } from '../config/data-folders.ts';
import type { Store } from '../config/store-map.ts';
import type { ResetSettings } from '../hotwax/reset-rows.ts';
import { threadEnvironment } from '../platform/thread-environment.ts';
import type { StatusSettings } from './read-situation.ts';

// Counting a large backlog takes seconds. It is done in a thread of its own, on a connection that can only read: it
// holds no lock that writing waits for, and never the event loop that sends.

export type StatusQuestion =
  | { is: 'status'; now: number }
  | { is: 'story'; storeId: string; productCode: string }
  | { is: 'online'; productCode: string };

export type StatusAnswer = ({ id: number } & Read) | { id: number; failure: string };

/** An answer as JSON text, and how long the reading of it took. */
export interface Read {
  text: string;
  tookMs: number;
}

/** Plain values: secrets do not go into the thread. */
export interface StatusThreadData {
  path: string;
  settings: StatusSettings & {
    reset: { columns: ResetSettings['columns'] };
    inventory: { idType: string };
    oms: { requestsPerSecond: number | null; reasons: Record<string, string> } | null;
    smaregi: { reasons: Record<string, string> } | null;
  };
  stores: readonly Store[];
  /** Where the Reset CSVs are. */
  folders: DataFolders;
}

/** The longest story takes some ten megabytes; what one figure leaves behind is collected soon. */
const resourceLimits = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 4 };

interface Waiting {
  resolve(read: Read): void;
  reject(error: Error): void;
}

/** Asks the thread that reads the ledger for the page. A thread that ended is started anew by the next question. */
export class StatusReader {
  readonly #data: StatusThreadData;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #lastId = 0;

  constructor({ path, settings, stores, folders }: StatusThreadData) {
    const { timeZone, reset, oms, smaregi, inventory } = settings;
    this.#data = {
      path,
      stores,
      folders,
      settings: {
        timeZone,
        reset: { appliesAt: reset.appliesAt, deadline: reset.deadline, columns: reset.columns },
        oms: oms && { requestsPerSecond: oms.requestsPerSecond, reasons: oms.reasons },
        smaregi: smaregi && { reasons: smaregi.reasons },
        inventory: { idType: inventory.idType },
      },
    };
  }

  /** Rejects when the ledger cannot be read. */
  ask(question: StatusQuestion): Promise<Read> {
    this.#worker ??= this.#start();
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker?.postMessage({ id, question });
    });
  }

  /** Waits for the question under way; the connection is closed then. */
  async close(): Promise<void> {
    const worker = this.#worker;
    if (!worker) return;
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    worker.postMessage('close');
    await ended;
  }

  #start(): Worker {
    const worker = new Worker(new URL('./status-thread.ts', import.meta.url), {
      workerData: this.#data,
      resourceLimits,
      env: threadEnvironment(),
    });
    const end = (error: Error) => {
      if (this.#worker === worker) this.#worker = undefined;
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    };
    worker.on('message', (answer: StatusAnswer) => {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if ('text' in answer) waiting?.resolve(answer);
      else waiting?.reject(new Error(answer.failure));
    });
    worker.on('error', end);
    worker.on('exit', () => end(new Error('the thread that reads the ledger ended')));
    return worker;
  }
}
