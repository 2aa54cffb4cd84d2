import { findStore, type Store } from '../config/store-map.ts';
import type { HttpServer } from '../platform/http-server.ts';
import { messageOf } from '../platform/problem.ts';
import type { StatusReader } from './status-reader.ts';

const query = {
  type: 'object',
  required: ['store', 'product'],
  properties: {
    store: { type: 'string', minLength: 1, maxLength: 100 },
    product: { type: 'string', minLength: 1, maxLength: 40 },
  },
};

/** `GET /story?store=&product=`: what `flagship explain` tells. The store by any of its names. */
export function addStoryRoute(
  server: HttpServer,
  { reader, stores }: { reader: StatusReader; stores: readonly Store[] },
): void {
  server.get<{ Querystring: { store: string; product: string } }>(
    '/story',
    { schema: { querystring: query } },
    async (request, reply) => {
      const productCode = request.query.product.trim();
      try {
        const { storeId } = findStore(request.query.store.trim(), stores);
        const { text } = await reader.ask({ is: 'story', storeId, productCode });
        return reply.type('application/json').send(text);
      } catch (error) {
        return reply.code(404).send({ error: messageOf(error) });
      }
    },
  );
}
