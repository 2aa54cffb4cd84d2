import type { Configuration } from '../config/configuration.ts';
import type { Clock } from '../platform/clock.ts';
import type { Channel } from './channel.ts';
import { mailChannel } from './mail.ts';
import { webhookChannel } from './webhook.ts';

/** The channels of a configuration. */
export function channelsOf({ alarms }: Pick<Configuration, 'alarms'>, clock: Clock): Channel[] {
  return [
    ...alarms.webhooks.map((webhook, index) => webhookChannel(`webhook ${index + 1}`, webhook, clock)),
    ...(alarms.email ? [mailChannel('e-mail', alarms.email)] : []),
  ];
}
