import type { Store } from '../config/store-map.ts';
import type { FileRecords } from '../ledger/file-records.ts';
import { createHttpServer, listen } from '../platform/http-server.ts';
import type { Meter } from '../platform/meter.ts';
import { messageOf } from '../platform/problem.ts';
import { guard, type StatusPlace } from './access.ts';
import { type ActionPlace, addActionRoutes } from './action-routes.ts';
import { addHealthRoutes } from './health-routes.ts';
import { LiveRoute } from './live-route.ts';
import { addPageFiles } from './page-files.ts';
import { addRejectedRoute } from './rejected-route.ts';
import { addSmaregiWebhook, type SmaregiWebhookOptions } from './smaregi-webhook.ts';
import { StatusFeed } from './status-feed.ts';
import { StatusReader, type StatusThreadData } from './status-reader.ts';
import { addStoryRoute } from './story-route.ts';

/** A decision of a person is small. */
const maxBodyBytes = 64 * 1024;

export interface StatusServer {
  url: string;
  stop(deadline: AbortSignal): Promise<void>;
}

export interface StatusServerOptions extends Omit<ActionPlace, 'onChange'> {
  place: StatusPlace;
  configuration: StatusThreadData['settings'];
  files: FileRecords;
  stores: readonly Store[];
  meter: Meter;
  /** Where Smaregi's events go, if they are taken. */
  webhook?: SmaregiWebhookOptions | undefined;
}

/**
 * Serves the status page, what it shows as JSON, and the decisions that people take on it.
 *
 * @throws Problem `port-unavailable`
 */
export async function startStatusServer(options: StatusServerOptions): Promise<StatusServer> {
  const { place, configuration, database, files, folders, stores, clock, log, meter } = options;
  const reader = new StatusReader({ path: database.name, settings: configuration, stores, folders });
  const feed = new StatusFeed({
    reader,
    clock,
    onError: (error) => log.error({ err: error }, `the status cannot be read: ${messageOf(error)}`),
  });
  const server = createHttpServer({ maxBodyBytes });
  guard(server, place);
  addPageFiles(server, place);
  server.get('/status.json', async (_request, reply) =>
    reply.type('application/json').send(await feed.current()),
  );
  server.get('/metrics', async (_request, reply) => reply.type(meter.contentType).send(await meter.text()));
  server.get('/access', async () => ({ actions: place.token !== undefined }));
  addHealthRoutes(server, { feed, folders });
  addStoryRoute(server, { reader, stores });
  addRejectedRoute(server, { files, folders });
  addActionRoutes(server, { ...options, onChange: () => feed.refresh() });
  if (options.webhook) addSmaregiWebhook(server, options.webhook);
  const live = new LiveRoute(server, feed, clock);
  const { url } = await listen(server, place);
  feed.start();
  live.start();
  return {
    url,
    async stop(deadline) {
      await live.stop(deadline);
      await server.close();
      await feed.stop(deadline);
      await reader.close();
    },
  };
}
