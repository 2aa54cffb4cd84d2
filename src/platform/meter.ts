import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** A figure with labels: all of its values are given anew each time it is asked for. */
export interface GaugeFigure {
  set(labels: Record<string, string>, value: number): void;
  /** Forgets every value. */
  reset(): void;
}

/** A figure that only rises while the process lives. */
export interface CounterFigure {
  add(labels: Record<string, string>, amount: number): void;
}

export interface HistogramFigure {
  observe(labels: Record<string, string>, value: number): void;
}

/** Figures by name, in Prometheus's text format, with those of the process and its event loop. */
export class Meter {
  readonly #registry = new Registry();
  readonly #before: (() => Promise<void> | void)[] = [];

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  gauge(name: string, help: string, labelNames: string[] = []): GaugeFigure {
    const gauge = new Gauge({ name, help, labelNames, registers: [this.#registry] });
    return { set: (labels, value) => gauge.set(labels, value), reset: () => gauge.reset() };
  }

  counter(name: string, help: string, labelNames: string[] = []): CounterFigure {
    const counter = new Counter({ name, help, labelNames, registers: [this.#registry] });
    return { add: (labels, amount) => counter.inc(labels, amount) };
  }

  histogram(name: string, help: string, labelNames: string[], buckets: number[]): HistogramFigure {
    const histogram = new Histogram({ name, help, labelNames, buckets, registers: [this.#registry] });
    return { observe: (labels, value) => histogram.observe(labels, value) };
  }

  /** Has `work` done each time before the figures are given. */
  beforeReading(work: () => Promise<void> | void): void {
    this.#before.push(work);
  }

  async text(): Promise<string> {
    for (const work of this.#before) await work();
    return this.#registry.metrics();
  }
}
