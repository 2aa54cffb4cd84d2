import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface WebhookReceiver {
  url: string;
  /** What was posted, in order of arrival, also while it answered with an error. */
  taken: { headers: IncomingHttpHeaders; body: Record<string, unknown> }[];
  /** The HTTP status of answers from now on. */
  answerWith(status: number): void;
}

/** A real HTTP server that takes what is posted to it, until the test is over. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  let status = 200;
  const taken: WebhookReceiver['taken'] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      taken.push({ headers: request.headers, body: JSON.parse(Buffer.concat(chunks).toString('utf8')) });
      response.writeHead(status).end('ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?key=s3cret`,
    taken,
    answerWith(next) {
      status = next;
    },
  };
}

/** The notices of JSON messages, as `start code` and `end code`, in order. */
export function noticesIn(receiver: WebhookReceiver): string[] {
  return receiver.taken.flatMap(({ body }) =>
    (body.alarms as { what: string; code: string }[]).map(({ what, code }) => `${what} ${code}`),
  );
}
