import type { Configuration } from '../config/configuration.ts';
import type { Clock } from '../platform/clock.ts';
import { openHttpClient } from '../platform/http-client.ts';
import { notTold } from './alarm-problem.ts';
import type { Channel } from './channel.ts';
import type { Message } from './message.ts';

type Webhook = Configuration['alarms']['webhooks'][number];

const timeoutMs = 10_000;
const maxBodyBytes = 64 * 1024;

/** Posts each message as JSON to an address. A 2xx means that it was taken. */
export function webhookChannel(name: string, webhook: Webhook, clock: Clock): Channel {
  return {
    name,
    async tell(message) {
      const address = typeof webhook.url === 'string' ? webhook.url : webhook.url.reveal();
      const header = webhook.header;
      const secrets = [address, ...(header ? [header.value.reveal()] : [])];
      const { origin, pathname, search } = parsed(name, address);
      const http = openHttpClient({ baseUrl: origin, connections: 1, timeoutMs, maxBodyBytes, clock });
      try {
        const exchange = await http.exchange({
          method: 'POST',
          path: pathname + search,
          headers: {
            'content-type': 'application/json',
            ...(header && { [header.name]: header.value.reveal() }),
          },
          body: JSON.stringify(bodyOf(message, webhook.format)),
        });
        if ('failure' in exchange) throw notTold(name, exchange.failure.message, secrets);
        const { status, body } = exchange.answer;
        if (status < 200 || status > 299) throw notTold(name, `HTTP ${status} ${body}`, secrets);
      } finally {
        await http.close();
      }
    },
  };
}

/** Slack and what is compatible with it take text alone. */
function bodyOf({ lines, document }: Message, format: Webhook['format']): object {
  return format === 'slack' ? { text: lines.join('\n') } : document;
}

function parsed(name: string, address: string): URL {
  try {
    return new URL(address);
  } catch (error) {
    throw notTold(name, 'its address is no URL', [address], error);
  }
}
