/** What histories add up to. */
export interface Figures {
  histories: number;
  /** Things that happened in them. */
  operations: number;
  /** Requests that told the OMS a change. */
  calls: number;
  crashes: number;
  resets: number;
  /** Calls of which nobody could say whether they arrived. */
  doubts: number;
  /** Times that Smaregi was told of a packed order. */
  packings: number;
}

export function noFigures(): Figures {
  return { histories: 0, operations: 0, calls: 0, crashes: 0, resets: 0, doubts: 0, packings: 0 };
}

export function addFigures(sum: Figures, more: Figures): void {
  for (const name of Object.keys(sum) as (keyof Figures)[]) sum[name] += more[name];
}

/** The last words of a simulation in which every history ended equal. */
export function show(figures: Figures, seed: number, seconds: number): string {
  const named = Object.entries(figures).map(([name, count]) => `${count.toLocaleString('en')} ${name}`);
  return [
    `${named.join(', ')}: lost 0, doubled 0`,
    `seed ${seed}, ${Math.round(seconds)} s, ${Number((figures.histories / seconds).toPrecision(2))} histories a second`,
  ].join('\n');
}
