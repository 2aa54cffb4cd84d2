import type { ServerResponse } from 'node:http';
import type { Clock } from '../platform/clock.ts';
import type { HttpServer } from '../platform/http-server.ts';
import { Loop } from '../platform/loop.ts';
import { securityHeaders } from './access.ts';
import type { StatusFeed } from './status-feed.ts';

/** More pages than this are no people. */
const maxStreams = 32;
/** The page counts as cut off when it hears nothing for three times this long. */
const beatMs = 10_000;
/** A reader that does not take what it is sent is let go before it fills the memory. */
const maxUnsentBytes = 4 * 1024 * 1024;

/** `GET /events`: the status as server-sent events, at once and with every change; a beat where nothing changes. */
export class LiveRoute {
  readonly #feed: StatusFeed;
  readonly #streams = new Set<ServerResponse>();
  readonly #beat: Loop;

  constructor(server: HttpServer, feed: StatusFeed, clock: Clock) {
    this.#feed = feed;
    this.#beat = new Loop({
      clock,
      everyMs: beatMs,
      step: async () => this.#sendAll(`event: beat\ndata: ${new Date(clock.now()).toISOString()}\n\n`),
      onError: () => {},
    });
    server.get('/events', { exposeHeadRoute: false }, async (_request, reply) => {
      if (this.#streams.size >= maxStreams) return reply.code(503).send({ error: 'too many pages are open' });
      const first = await feed.current();
      reply.hijack();
      this.#open(reply.raw, first);
      return reply;
    });
  }

  start(): void {
    this.#beat.start();
  }

  async stop(deadline: AbortSignal): Promise<void> {
    await this.#beat.stop(deadline);
    for (const stream of this.#streams) stream.end();
  }

  #open(stream: ServerResponse, first: string): void {
    stream.writeHead(200, { ...securityHeaders, 'content-type': 'text/event-stream; charset=utf-8' });
    const send = (status: string) => this.#send(stream, `data: ${status}\n\n`);
    send(first);
    const unlisten = this.#feed.listen(send);
    this.#streams.add(stream);
    stream.on('close', () => {
      unlisten();
      this.#streams.delete(stream);
    });
  }

  #sendAll(event: string): undefined {
    for (const stream of this.#streams) this.#send(stream, event);
    return undefined;
  }

  #send(stream: ServerResponse, event: string): void {
    if (stream.writableLength > maxUnsentBytes) stream.destroy();
    else stream.write(event);
  }
}
