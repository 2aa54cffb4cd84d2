import type { Clock } from './clock.ts';
import type { HttpClient, HttpExchange } from './http-client.ts';

/** One request that ended, for whoever counts. Moments in epoch milliseconds. */
export interface WatchedExchange {
  path: string;
  startedAt: number;
  endedAt: number;
  exchange: HttpExchange;
}

/** The same client; `onExchange` hears of every exchange when it has ended. */
export function watchedHttp(
  http: HttpClient,
  clock: Clock,
  onExchange: (watched: WatchedExchange) => void,
): HttpClient {
  return {
    async exchange(request) {
      const startedAt = clock.now();
      const exchange = await http.exchange(request);
      onExchange({ path: request.path, startedAt, endedAt: clock.now(), exchange });
      return exchange;
    },
    close: () => http.close(),
  };
}
