import type { AddressInfo } from 'node:net';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import { messageOf, Problem } from './problem.ts';

export type HttpServer = FastifyInstance;
export type ServerRequest = FastifyRequest;
export type ServerReply = FastifyReply;

/** Requests are small JSON documents; anything larger is no request of ours. */
const largestBodyBytes = 1024 * 1024;
/** Whoever takes longer to say what they want wants to hold the connection. */
const requestTimeoutMs = 30_000;

/** An HTTP server that does not listen yet. Its `close` ends open connections instead of waiting for them. */
export function createHttpServer({ maxBodyBytes = largestBodyBytes } = {}): HttpServer {
  return fastify({
    logger: false,
    bodyLimit: maxBodyBytes,
    requestTimeout: requestTimeoutMs,
    forceCloseConnections: true,
  });
}

/**
 * Starts to listen; port 0 takes any free one.
 *
 * @throws Problem `port-unavailable`
 */
export async function listen(
  server: HttpServer,
  { host, port }: { host: string; port: number },
): Promise<{ url: string; port: number }> {
  try {
    await server.listen({ host, port });
  } catch (error) {
    throw new Problem(
      'port-unavailable',
      `Cannot listen on ${host} port ${port}: ${messageOf(error)}`,
      'Choose another port (0 takes any free one), or stop the program that holds it.',
      { cause: error },
    );
  }
  const taken = (server.server.address() as AddressInfo).port;
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`, port: taken };
}
