import type { Clock } from '../platform/clock.ts';
import type { ConversionProgress } from '../snapshot/conversion.ts';

const width = 30;
/** Often enough to look alive, seldom enough to cost nothing. */
const everyMs = 100;

/** Rows, MB/s, time left and rejections on one line of a terminal; silent when nobody watches. */
export class ProgressBar {
  readonly #stream: NodeJS.WriteStream;
  readonly #clock: Clock;
  readonly #startedAt: number;
  #shownAt = 0;

  constructor(stream: NodeJS.WriteStream, clock: Clock) {
    this.#stream = stream;
    this.#clock = clock;
    this.#startedAt = clock.now();
  }

  show(progress: ConversionProgress): void {
    const now = this.#clock.now();
    if (!this.#stream.isTTY || now - this.#shownAt < everyMs) return;
    this.#shownAt = now;
    this.#stream.write(`\r\u001b[2K${progressLine(progress, (now - this.#startedAt) / 1000)}`);
  }

  clear(): void {
    if (this.#stream.isTTY) this.#stream.write('\r\u001b[2K');
  }
}

/** The line for a conversion that has run for `seconds`. */
export function progressLine(progress: ConversionProgress, seconds: number): string {
  const { bytesRead, bytesTotal, rows, rejected } = progress;
  const done = bytesTotal === 0 ? 1 : Math.min(1, bytesRead / bytesTotal);
  const filled = Math.round(done * width);
  const bar = '█'.repeat(filled) + '░'.repeat(width - filled);
  const megabytesPerSecond = seconds > 0 ? bytesRead / 1e6 / seconds : 0;
  const left = done > 0 ? Math.ceil((seconds * (1 - done)) / done) : 0;
  return `${bar} ${Math.floor(done * 100)} %  ${rows} rows  ${megabytesPerSecond.toFixed(1)} MB/s  ${left} s left  ${rejected} rejected`;
}
