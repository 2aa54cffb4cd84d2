import { findStore, type Store } from '../config/store-map.ts';
import type { HttpServer, ServerReply } from '../platform/http-server.ts';
import { messageOf } from '../platform/problem.ts';
import type { StatusQuestion, StatusReader } from './status-reader.ts';

const properties = {
  store: { type: 'string', minLength: 1, maxLength: 100 },
  product: { type: 'string', minLength: 1, maxLength: 40 },
};
const rowQuery = { type: 'object', required: ['store', 'product'], properties };
const productQuery = { type: 'object', required: ['product'], properties };

/**
 * `GET /story?store=&product=`: what `flagship explain` tells, the store by any of its names. `GET /online?product=`:
 * what `flagship online` says of one product, or null.
 */
export function addStoryRoute(
  server: HttpServer,
  { reader, stores }: { reader: StatusReader; stores: readonly Store[] },
): void {
  const answer = async (reply: ServerReply, questionOf: () => StatusQuestion) => {
    try {
      const { text } = await reader.ask(questionOf());
      return reply.type('application/json').send(text);
    } catch (error) {
      return reply.code(404).send({ error: messageOf(error) });
    }
  };
  server.get<{ Querystring: { store: string; product: string } }>(
    '/story',
    { schema: { querystring: rowQuery } },
    (request, reply) =>
      answer(reply, () => {
        const { storeId } = findStore(request.query.store.trim(), stores);
        return { is: 'story', storeId, productCode: request.query.product.trim() };
      }),
  );
  server.get<{ Querystring: { product: string } }>(
    '/online',
    { schema: { querystring: productQuery } },
    (request, reply) => answer(reply, () => ({ is: 'online', productCode: request.query.product.trim() })),
  );
}
