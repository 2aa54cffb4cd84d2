import { CallRecords } from '../../src/ledger/call-records.ts';
import { ledgerRecords } from '../../src/ledger/ledger-records.ts';
import { type Posting, type PostingFacts, postingOf } from '../../src/ledger/posting-state.ts';
import { WindowRecords } from '../../src/ledger/window-records.ts';
import type { Departures } from '../../src/posting/departures.ts';
import { MortalNotes } from './mortal-notes.ts';
import type { Mutation } from './simulated-service.ts';

type Rule = typeof postingOf;

/** The rule, given other facts than there are, or answering otherwise than it does. */
function wrong(rule: Rule): Mutation {
  return { records: (database, clock) => ledgerRecords(database, clock, rule) };
}

function given(change: (facts: PostingFacts) => Partial<PostingFacts>): Mutation {
  return wrong((facts) => postingOf({ ...facts, ...change(facts) }));
}

function answering(change: (posting: Posting, facts: PostingFacts) => Posting): Mutation {
  return wrong((facts) => change(postingOf(facts), facts));
}

const wasTold = ({ calls }: PostingFacts) => calls.some(({ outcome }) => outcome === 'accepted');

/** Every part of the equation and of what protects it, each broken. */
export const mutants: Readonly<Record<string, Mutation>> = {
  'nothing is absorbed': given(() => ({ recordedAt: Number.MAX_SAFE_INTEGER })),

  'what was told is told for ever': given(({ calls }) => ({
    calls: calls.map((call) => ({ ...call, sentAt: Number.MAX_SAFE_INTEGER })),
  })),

  'nothing is told again': answering((posting, facts) =>
    posting.need === 1 && wasTold(facts) ? { state: 'posted', need: 0 } : posting,
  ),

  'nothing is taken back': answering((posting) =>
    posting.need === -1 ? { state: 'posted', need: 0 } : posting,
  ),

  'the newest snapshot counts, not the one last applied': given(({ resets }) => {
    const newest = Math.max(...resets.filter(({ contained }) => contained).map(({ takenAt }) => takenAt));
    return { resets: resets.filter(({ contained, takenAt }) => !contained || takenAt === newest) };
  }),

  'a snapshot contains every row of its stores': given(({ resets }) => ({
    resets: resets.map((reset) => ({ ...reset, contained: true })),
  })),

  'a row that nobody looked up was not reset': given(({ resets }) => ({
    resets: resets.filter(({ contained }) => contained !== undefined),
  })),

  'what arrives after the reset is not absorbed': given(({ calls, resets }) => ({
    resets: calls.length === 0 ? [] : resets,
  })),

  'nothing is held': given(() => ({ inWindow: false })),

  'departures are not noted': {
    notes: (life, bootId) => new Unnoted(life, bootId),
  },

  'calls under way are not waited for': {
    records(database, clock) {
      const records = ledgerRecords(database, clock);
      return { ...records, windows: new Hasty(database, records.postings) };
    },
  },

  'a reset is over as soon as it may begin': { reset: { confirmMarginMinutes: 0 } },

  'what is in doubt was not applied': {
    records(database, clock) {
      const records = ledgerRecords(database, clock);
      return { ...records, calls: new Doubtless(database, records.postings) };
    },
  },

  'what was under way at a sudden end was not applied': {
    records(database, clock) {
      const records = ledgerRecords(database, clock);
      return { ...records, calls: new Forgetful(database, records.postings) };
    },
  },

  'a doubt holds a posting back for ever': answering((posting, { calls }) =>
    calls.some(({ outcome }) => outcome === 'unknown') ? { state: 'in-doubt', need: undefined } : posting,
  ),
};

class Hasty extends WindowRecords {
  override mayArrive(): boolean {
    return false;
  }
}

class Doubtless extends CallRecords {
  override doubt(callId: number, at: number, why: string): void {
    this.close(callId, { outcome: 'not-applied', at, by: 'flagship', note: why });
  }
}

/** Lets calls leave without a note. */
class Unnoted extends MortalNotes {
  override begin(run: string): Departures | undefined {
    const departures = super.begin(run);
    return departures && Object.assign(Object.create(departures) as Departures, { left: async () => {} });
  }
}

/** Takes what was under way at the start as never sent. */
export class Forgetful extends CallRecords {
  #atStart = false;

  override doubtAllUnderWay(...parameters: Parameters<CallRecords['doubtAllUnderWay']>): number {
    this.#atStart = true;
    try {
      return super.doubtAllUnderWay(...parameters);
    } finally {
      this.#atStart = false;
    }
  }

  override doubt(callId: number, at: number, why: string): void {
    if (!this.#atStart) super.doubt(callId, at, why);
    else this.close(callId, { outcome: 'not-applied', at, by: 'flagship', note: why });
  }
}
