import type { RowCount } from '../ledger/row-count.ts';
import type { Meter } from '../platform/meter.ts';
import type { WatchedExchange } from '../platform/watched-http.ts';

/** From a fast OMS on the same network to one that answers just before the time-out; seconds. */
const latencyBuckets = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Figures that are counted as things happen, from the start of the process. */
export class EventFigures {
  readonly #rowsRead;
  readonly #rowsRejected;
  readonly #latency;

  constructor(meter: Meter) {
    this.#rowsRead = meter.counter('flagship_rows_read_total', 'Rows of accepted files.', ['feed']);
    this.#rowsRejected = meter.counter(
      'flagship_rows_rejected_total',
      'Rows of accepted files that were rejected, by reason.',
      ['feed', 'reason'],
    );
    this.#latency = meter.histogram(
      'flagship_oms_seconds',
      'Time from a request to the end of its answer; status "none": no answer came.',
      ['call', 'status'],
      latencyBuckets,
    );
  }

  countRows({ feed, read, rejectedByReason }: RowCount): void {
    this.#rowsRead.add({ feed }, read);
    for (const [reason, count] of Object.entries(rejectedByReason)) {
      this.#rowsRejected.add({ feed, reason }, count);
    }
  }

  countExchange({ path, startedAt, endedAt, exchange }: WatchedExchange): void {
    // The last part of the path, without what is asked: one of a handful.
    const call = path.split('?')[0]?.split('/').at(-1) ?? '';
    const status = 'answer' in exchange ? String(exchange.answer.status) : 'none';
    this.#latency.observe({ call, status }, Math.max(0, endedAt - startedAt) / 1000);
  }
}
