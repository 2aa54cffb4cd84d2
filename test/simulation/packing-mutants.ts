import { PackingIngest } from '../../src/intake/packing-ingest.ts';
import { CallRecords } from '../../src/ledger/call-records.ts';
import { ledgerRecords } from '../../src/ledger/ledger-records.ts';
import { MovementRecords } from '../../src/ledger/movement-records.ts';
import { ownMemoPrefix } from '../../src/smaregi/own-memo.ts';
import { Forgetful } from './mutants.ts';
import type { Mutation } from './simulated-service.ts';

type CallsOf = (...of: ConstructorParameters<typeof CallRecords>) => CallRecords;

function withCalls(make: CallsOf): Mutation {
  return {
    records(database, clock) {
      const records = ledgerRecords(database, clock);
      return { ...records, calls: make(database, records.postings) };
    },
  };
}

/** Every part of what keeps packed orders told once and never told back, each broken. */
export const packingMutants: Readonly<Record<string, Mutation>> = {
  'an echo is told': {
    records(database, clock) {
      const records = ledgerRecords(database, clock);
      return { ...records, movements: new Parrot(database, records.postings, records.calls, clock) };
    },
  },

  'only a receipt tells an echo': { history: (change) => ({ ...change, memo: null }) },

  'division 15 is suppressed as such': {
    history: (change) =>
      change.stockDivision === '15' ? { ...change, memo: `${ownMemoPrefix}anybody:1` } : change,
  },

  'a packing in doubt is sent again without a look': {
    packing: (options) => ({
      ...options,
      smaregi: {
        addStock: (addition) => options.smaregi.addStock(addition),
        async *stockChanges() {},
      },
    }),
  },

  'a packing that may still arrive is sent again': {
    packing: (options) => ({ ...options, settings: { ...options.settings, timeoutSeconds: 0 } }),
  },

  'a packing in doubt is taken as told although its memo is not found': withCalls(
    (...of) => new Trusting(...of),
  ),

  'a packing under way at a sudden end was not applied': withCalls((...of) => new Forgetful(...of)),

  'a later file may take back what was packed': {
    packingIngest: (movements) => new Lenient(movements),
  },
};

class Parrot extends MovementRecords {
  override addEcho(movement: Parameters<MovementRecords['addEcho']>[0]): void {
    this.add({ ...movement, kind: 'api' });
  }
}

class Trusting extends CallRecords {
  override close(...[id, end, told]: Parameters<CallRecords['close']>): boolean {
    return super.close(id, end.by === 'found by memo' ? { ...end, outcome: 'accepted' } : end, told);
  }
}

class Lenient extends PackingIngest {
  override verdictOn(
    total: Parameters<PackingIngest['verdictOn']>[0],
  ): ReturnType<PackingIngest['verdictOn']> {
    const verdict = super.verdictOn(total);
    return verdict === 'lower' ? 'new' : verdict;
  }
}
