import type fc from 'fast-check';
import { type History, type HistoryOptions, live } from './history.ts';

/** The shortest history that fails in the same way, told line by line, and how to find it again. */
export async function storyOf(
  details: Pick<fc.RunDetails<History>, 'counterexample' | 'seed' | 'counterexamplePath' | 'numShrinks'>,
  options: HistoryOptions = {},
): Promise<string> {
  const { counterexample, seed, counterexamplePath: path, numShrinks } = details;
  if (!counterexample) return 'no history was lived';
  const [setting] = counterexample;
  const lines = [
    `A history went wrong; made ${numShrinks} times shorter. seed ${seed}, path ${path}`,
    `reset.confirm ${setting.confirm}, ${setting.concurrency} calls at once, coalesceAbove ${setting.coalesceAbove}, the OMS within ${setting.longestMs} ms`,
    `sales from ${setting.sales}, the OMS resets what is ${setting.resetBy}`,
    '',
  ];
  try {
    await live(counterexample, { ...options, tell: (line) => lines.push(line) });
    lines.push('… and this time it ended well: it hangs on something that the seed does not decide.');
  } catch (error) {
    lines.push('', error instanceof Error ? error.message : String(error));
  }
  return lines.join('\n');
}
