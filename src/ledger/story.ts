import type { CallOutcome } from './need.ts';
import type { ListedCall, ListedPosting } from './posting-list.ts';

/** One thing that happened to a posting. `at` in epoch milliseconds. */
export type StoryEvent = { at: number; posting: number } & (
  | { is: 'recorded'; kind: string; quantity: number; key: string }
  | { is: 'told'; call: number; takenBack: boolean; reason: string; doubt: string | null; open: boolean }
  | { is: 'answered'; call: number; outcome: CallOutcome; by: string | null; note: string | null }
  | { is: 'decided'; reason: string; by: string | null; note: string | null }
  | { is: 'asked'; by: string; note: string }
);

/** What happened to these postings, in order of time. */
export function storyOf(postings: readonly ListedPosting[]): StoryEvent[] {
  return postings.flatMap(eventsOf).sort((a, b) => a.at - b.at);
}

function eventsOf({ id, kind, quantity, key, recordedAt, calls, replays }: ListedPosting): StoryEvent[] {
  // Of a doubt or of what the OMS lost, the decision is told with the call that it was about.
  const alone = replays.filter(({ at }) => !calls.some((call) => call.outcomeAt === at));
  return [
    { at: recordedAt, posting: id, is: 'recorded', kind, quantity, key },
    ...calls.flatMap((call) => callEvents(id, call)),
    ...alone.map(({ at, who, reason }) => ({ at, posting: id, is: 'asked' as const, by: who, note: reason })),
  ];
}

function callEvents(posting: number, call: ListedCall): StoryEvent[] {
  const { id, sentAt, sent, reason, by, note, outcome, outcomeAt } = call;
  if (!sent) return [{ at: sentAt, posting, is: 'decided', reason, by, note }];
  const open = outcomeAt === null;
  const takenBack = call.multiplicity < 0;
  const told = { at: sentAt, posting, is: 'told' as const, call: id, takenBack, reason, open };
  if (open) return [{ ...told, doubt: note }];
  return [
    { ...told, doubt: null },
    { at: outcomeAt, posting, is: 'answered', call: id, outcome, by, note },
  ];
}
