import type { Bilingual } from './bilingual.ts';
import type { Level } from './situation.ts';

/** One thing that is not as it should be, or not yet, and what it means. */
export interface Finding {
  code: string;
  level: Exclude<Level, 'ok'>;
  /** One sentence, for a person. */
  text: Bilingual;
  /** What to do; empty where there is nothing to do. */
  advice: Bilingual;
  /** Where the page shows more of it; null: nowhere. */
  section: 'snapshot' | 'deltas' | 'doubts' | 'refusals' | 'stores' | 'files' | 'levels' | null;
}
