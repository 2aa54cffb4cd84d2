import { loadStores } from '../config/store-map.ts';
import { type ListedCall, type ListedPosting, listPostings } from '../ledger/posting-list.ts';
import { exitCode } from '../platform/exit-code.ts';
import { showLocal, toIso } from '../platform/time-zone.ts';
import { type Command, print, withLedger } from './command-line.ts';
import { findStore } from './posting-filter.ts';
import { toJson } from './postings.ts';

/** More would not be a story. */
const limit = 10_000;

interface Event {
  at: number;
  text: string;
}

/** The whole story of one number: every movement of a store and product, and what was told of it, in order of time. */
export function explain(storeName: string, productCode: string): Command {
  return (context) =>
    withLedger(context, ({ database, configuration }) => {
      const store = findStore(storeName, configuration);
      const postings = listPostings(database, { storeId: store.storeId, productCode }, limit);
      const events = postings.flatMap(eventsOf).sort((a, b) => a.at - b.at);
      const sum = postings.reduce((total, { quantity }) => total + quantity, 0);
      const open = postings.filter(({ state }) => state !== 'posted' && state !== 'absorbed');
      const stores = loadStores(configuration.stores);
      print(
        context,
        {
          storeId: store.storeId,
          facilityId: store.facilityId,
          productCode,
          events: events.map(({ at, text }) => ({ at: toIso(at), text })),
          postings: postings.map((posting) => toJson(posting, stores, configuration)),
        },
        [
          `${store.name} (store ${store.storeId}, ${store.facilityId}), product ${productCode}`,
          ...(events.length === 0 ? ['No movement is known of it.'] : []),
          ...events.map(({ at, text }) => `${showLocal(at, configuration.timeZone)}  ${text}`),
          `${postings.length} movements, together ${signed(sum)}. ` +
            (open.length === 0
              ? 'All of them are in the OMS.'
              : `Not in the OMS yet: ${open.map(({ id, state }) => `${id} (${state})`).join(', ')}.`),
        ],
      );
      return exitCode.done;
    });
}

function eventsOf(posting: ListedPosting): Event[] {
  const { id, kind, quantity, key, recordedAt } = posting;
  return [
    { at: recordedAt, text: `posting ${id}: ${kind} ${signed(quantity)} recorded by Smaregi (${key})` },
    ...posting.calls.flatMap((call) => callEvents(posting, call)),
  ];
}

function callEvents(posting: ListedPosting, call: ListedCall): Event[] {
  const note = call.note ? `: ${call.note}` : '';
  if (!call.sent) {
    return [{ at: call.sentAt, text: `posting ${posting.id}: ${call.reason} by ${call.by}${note}` }];
  }
  const verb = call.multiplicity > 0 ? 'told the OMS' : 'took back from the OMS';
  const sent = { at: call.sentAt, text: `posting ${posting.id}: ${verb} (call ${call.id}, ${call.reason})` };
  if (call.outcomeAt === null) return [{ ...sent, text: `${sent.text}, outcome unknown${note}` }];
  const by = call.by === 'flagship' ? '' : `, says ${call.by}`;
  return [
    sent,
    { at: call.outcomeAt, text: `posting ${posting.id}: call ${call.id} ${call.outcome}${by}${note}` },
  ];
}

function signed(quantity: number): string {
  return quantity > 0 ? `+${quantity}` : String(quantity);
}
