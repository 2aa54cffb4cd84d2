import type { Configuration } from '../config/configuration.ts';
import { nextTimeOfDay } from '../platform/time-zone.ts';
import { type FollowingOptions, followStock, followTransactions } from '../recording/following.ts';
import type { StockRow } from '../smaregi/smaregi-client.ts';
import type { WebhookEvent } from '../smaregi/webhook-event.ts';
import { Poll, type Source } from './poll.ts';

/** A sale's changes of stock may follow its transaction by a moment. */
const afterTransactionMs = 5_000;

export interface SmaregiPollsOptions extends FollowingOptions {
  configuration: Pick<Configuration, 'sales' | 'timeZone'>;
}

export interface SmaregiPolls {
  /** Reads at once what an event names. */
  onEvent(event: WebhookEvent): void;
  stop(deadline: AbortSignal): Promise<void>;
}

/** Follows what `sales.from` names, and the list of products. */
export function startSmaregiPolls(options: SmaregiPollsOptions): SmaregiPolls {
  const { configuration, clock, log } = options;
  const { from } = configuration.sales;
  const now = clock.now();
  const stock =
    from === 'stock-changes'
      ? new Poll({ source: stockPolling(options), firstAt: now, clock, log })
      : undefined;
  const transactions =
    from === 'transactions-api'
      ? new Poll({ source: transactionPolling(options), firstAt: now, clock, log })
      : undefined;
  const source = productPolling(options);
  const firstAt = options.products.readLastAt() === undefined ? now : source.nextAt(now);
  const products = new Poll({ source, firstAt, clock, log });
  const polls = [stock, transactions, products].filter((poll) => poll !== undefined);
  for (const poll of polls) poll.start();
  return {
    onEvent({ stockRows, transactionIds, productIds }) {
      if (stockRows.length > 0) stock?.wake(stockRows);
      if (transactionIds.length > 0) {
        transactions?.wake(transactionIds);
        stock?.hurry(afterTransactionMs);
      }
      if (productIds.length > 0) products.wake(productIds);
    },
    async stop(deadline) {
      await Promise.all(polls.map((poll) => poll.stop(deadline)));
    },
  };
}

/** Smaregi's stock: rows that an event names, and all that changed since. */
function stockPolling(options: SmaregiPollsOptions): Source<StockRow> {
  const recorder = followStock(options);
  return {
    name: 'stock',
    keyOf: ({ storeId, productId }) => `${storeId}/${productId}`,
    readNamed: (rows, signal) => recorder.takeRows(rows, signal),
    readAll: (signal, between) => recorder.takeAll(signal, between),
    nextAt: (at) => at + options.settings.pollSeconds * 1000,
  };
}

/** Smaregi's transactions: those that an event names, and all that changed since. */
function transactionPolling(options: SmaregiPollsOptions): Source<string> {
  const recorder = followTransactions(options, options.configuration.timeZone);
  return {
    name: 'transactions',
    keyOf: (id) => id,
    readNamed: (ids, signal) => recorder.takeIds(ids, signal),
    readAll: (signal, between) => recorder.takeAll(signal, between),
    nextAt: (at) => at + options.settings.pollSeconds * 1000,
  };
}

/** Smaregi's products: those that an event names, and all of them every night. */
function productPolling({ products, settings, configuration }: SmaregiPollsOptions): Source<string> {
  return {
    name: 'list of products',
    keyOf: (id) => id,
    readNamed: (ids, signal) => products.refresh(ids, signal),
    readAll: async (signal) => {
      await products.sweep(signal);
    },
    nextAt: (at) => nextTimeOfDay(at, settings.sweepAt, configuration.timeZone),
  };
}
