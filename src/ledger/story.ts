import type { CallOutcome, Destination } from './need.ts';
import type { ListedCall, ListedPosting } from './posting-list.ts';
import { type RowEvent, type RowSnapshot, rowEvents } from './row-story.ts';

/** One thing that happened to a row of a store and product. `at` in epoch milliseconds. */
export type StoryEvent = { at: number } & ((Whose & PostingEvent) | RowEvent | EchoEvent);

/** A change in Smaregi that we caused ourselves. */
export interface EchoEvent {
  is: 'echo';
  quantity: number;
  key: string;
}

interface Whose {
  posting: number;
  destination: Destination;
}

type PostingEvent =
  | { is: 'recorded'; kind: string; quantity: number; key: string }
  | { is: 'told'; call: number; takenBack: boolean; reason: string; doubt: string | null; open: boolean }
  | { is: 'answered'; call: number; outcome: CallOutcome; by: string | null; note: string | null }
  | { is: 'decided'; reason: string; by: string | null; note: string | null }
  | { is: 'asked'; by: string; note: string };

/** What happened to these postings of a row, and to the row itself, in order of time. */
export function storyOf(
  postings: readonly ListedPosting[],
  snapshots: readonly RowSnapshot[] = [],
  echoes: readonly (Omit<EchoEvent, 'is'> & { at: number })[] = [],
): StoryEvent[] {
  const own = echoes.map((echo) => ({ ...echo, is: 'echo' as const }));
  const events = [...rowEvents(snapshots, postings), ...own, ...postings.flatMap(eventsOf)];
  return events.sort((a, b) => a.at - b.at);
}

function eventsOf(listed: ListedPosting): StoryEvent[] {
  const { id, destination, kind, quantity, key, recordedAt, calls, replays } = listed;
  const whose = { posting: id, destination };
  // Of a doubt or of what the OMS lost, the decision is told with the call that it was about.
  const alone = replays.filter(({ at }) => !calls.some((call) => call.outcomeAt === at));
  return [
    { at: recordedAt, ...whose, is: 'recorded', kind, quantity, key },
    ...calls.flatMap((call) => callEvents(whose, call)),
    ...alone.map(({ at, who, reason }) => ({ at, ...whose, is: 'asked' as const, by: who, note: reason })),
  ];
}

function callEvents(whose: Whose, call: ListedCall): StoryEvent[] {
  const { id, sentAt, sent, reason, by, note, outcome, outcomeAt } = call;
  if (!sent) return [{ at: sentAt, ...whose, is: 'decided', reason, by, note }];
  const open = outcomeAt === null;
  const takenBack = call.multiplicity < 0;
  const told = { at: sentAt, ...whose, is: 'told' as const, call: id, takenBack, reason, open };
  if (open) return [{ ...told, doubt: note }];
  return [
    { ...told, doubt: null },
    { at: outcomeAt, ...whose, is: 'answered', call: id, outcome, by, note },
  ];
}
