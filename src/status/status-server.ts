import { createHash, timingSafeEqual } from 'node:crypto';
import type { Configuration } from '../config/configuration.ts';
import { isLoopback } from '../config/schema.ts';
import type { FileRecords } from '../ledger/file-records.ts';
import type { SnapshotRecords } from '../ledger/snapshot-records.ts';
import type { Clock } from '../platform/clock.ts';
import { createHttpServer, type HttpServer, listen, type ServerRequest } from '../platform/http-server.ts';
import type { Meter } from '../platform/meter.ts';
import { messageOf } from '../platform/problem.ts';
import { readStatus } from './status.ts';

export interface StatusServer {
  url: string;
  close(): Promise<void>;
}

export interface StatusServerOptions {
  place: NonNullable<Configuration['status']>;
  configuration: Pick<Configuration, 'timeZone' | 'reset'>;
  files: FileRecords;
  snapshots: SnapshotRecords;
  clock: Clock;
  meter: Meter;
}

/**
 * Serves `/status.json`, `/metrics`, `/health/live` (the process answers) and `/health/ready` (it can read its ledger; 503 with
 * the reason otherwise). Nothing here changes state. Away from loopback every request but health needs the token.
 *
 * @throws Problem `port-unavailable`
 */
export async function startStatusServer(options: StatusServerOptions): Promise<StatusServer> {
  const { place, configuration, clock } = options;
  const server = createHttpServer();
  if (place.token && !isLoopback(place.host)) requireToken(server, place.token);
  const read = () => readStatus(options, configuration, clock.now());

  server.get('/status.json', async () => read());
  server.get('/metrics', async (_request, reply) =>
    reply.type(options.meter.contentType).send(await options.meter.text()),
  );
  server.get('/health/live', async () => ({ live: true }));
  server.get('/health/ready', async (_request, reply) => {
    try {
      read();
      return { ready: true };
    } catch (error) {
      return reply.code(503).send({ ready: false, why: messageOf(error) });
    }
  });
  const { url } = await listen(server, { host: place.host, port: place.port });
  return { url, close: () => server.close() };
}

function requireToken(server: HttpServer, token: { reveal(): string }): void {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const expected = digest(`Bearer ${token.reveal()}`);
  server.addHook('onRequest', async (request: ServerRequest, reply) => {
    if (request.url.startsWith('/health/')) return;
    const given = digest(request.headers.authorization ?? '');
    if (timingSafeEqual(given, expected)) return;
    await reply.code(401).header('www-authenticate', 'Bearer').send({ error: 'a bearer token is needed' });
  });
}
