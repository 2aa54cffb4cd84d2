import { createHash, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../config/secret.ts';
import type { HttpServer, ServerRequest } from '../platform/http-server.ts';
import { type WebhookEvent, webhookEventIn } from '../smaregi/webhook-event.ts';

export const webhookPath = '/webhooks/smaregi';

/** An event names at most some thousand ids of 60 bytes. */
const maxBodyBytes = 512 * 1024;
/** Smaregi repeats an event within seconds, if at all. */
const maxRemembered = 10_000;

export interface SmaregiWebhookOptions {
  contractId: string;
  /** The header and its value that the developer console sends along: there is no signature. */
  header: string;
  value: Secret;
  /** Must return at once: Smaregi waits three seconds for its answer, and sends nothing twice. */
  onEvent: (event: WebhookEvent) => void;
}

/**
 * Takes Smaregi's events: 200 for whoever knows the secret, whatever the event is. Nothing is kept of it, for what it
 * names is read by polling if the event is lost.
 */
export function addSmaregiWebhook(server: HttpServer, options: SmaregiWebhookOptions): void {
  const { contractId, onEvent } = options;
  const remembered = new Set<string>();
  const isNew = (eventId: string) => {
    if (remembered.has(eventId)) return false;
    if (remembered.size >= maxRemembered) remembered.clear();
    remembered.add(eventId);
    return true;
  };
  server.post(webhookPath, {
    bodyLimit: maxBodyBytes,
    // Before the body is read.
    onRequest: async (request, reply) => {
      if (!knowsSecret(request, options)) await reply.code(401).send({ error: 'not known here' });
    },
    handler: async (request, reply) => {
      const event = webhookEventIn(request.body);
      const eventId = textHeader(request, 'smaregi-event-id');
      if (!event || eventId === '') return reply.code(400).send({ error: 'no event' });
      const claimed = [textHeader(request, 'smaregi-contract-id'), event.contractId].filter(Boolean);
      if (claimed.length === 0 || claimed.some((id) => id !== contractId)) {
        return reply.code(403).send({ error: 'another contract' });
      }
      if (isNew(eventId)) onEvent(event);
      return reply.code(200).send();
    },
  });
}

/** Compares in constant time, and digests so that the lengths are the same. */
function knowsSecret(
  request: ServerRequest,
  { header, value }: Pick<SmaregiWebhookOptions, 'header' | 'value'>,
): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(textHeader(request, header.toLowerCase())), digest(value.reveal()));
}

function textHeader(request: ServerRequest, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
}
