import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { isLoopback } from '../config/schema.ts';
import type { HttpServer, ServerReply, ServerRequest } from '../platform/http-server.ts';
import { type StatusPlace, tokenCheck } from './access.ts';

const folder = join(import.meta.dirname, 'page');

const contentTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

interface PageFile {
  type: string;
  body: Buffer;
  etag: string;
}

/**
 * Serves the page as it lies in src/status/page: the file names there are all there is to ask for. Where everything
 * needs the token, the empty page comes with 401 and asks for it.
 */
export function addPageFiles(server: HttpServer, place: StatusPlace): void {
  const files = readPage();
  const hasToken = tokenCheck(place.token);
  server.get('/', async (request, reply) => {
    const closed = !isLoopback(place.host) && !hasToken?.(request);
    if (closed) reply.code(401).header('www-authenticate', 'Bearer');
    return send(files.get('index.html'), request, reply);
  });
  server.get<{ Params: { name: string } }>('/page/:name', async (request, reply) =>
    send(files.get(request.params.name), request, reply),
  );
}

function readPage(): ReadonlyMap<string, PageFile> {
  const served = readdirSync(folder).filter((name) => contentTypes[extname(name)] !== undefined);
  return new Map(
    served.map((name) => {
      const body = readFileSync(join(folder, name));
      const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
      return [name, { type: contentTypes[extname(name)] ?? '', body, etag }];
    }),
  );
}

function send(file: PageFile | undefined, request: ServerRequest, reply: ServerReply): ServerReply {
  if (!file) return reply.code(404).send({ error: 'no such file' });
  reply.header('cache-control', 'no-cache').header('etag', file.etag);
  if (request.headers['if-none-match'] === file.etag) return reply.code(304).send();
  return reply.type(file.type).send(file.body);
}
