import { randomUUID } from 'node:crypto';
import type { Clock } from '../platform/clock.ts';
import { type HttpClient, openHttpClient } from '../platform/http-client.ts';

export interface WebhookTarget {
  /** Where the events go: `http://127.0.0.1:8180/webhooks/smaregi`. */
  url: string;
  /** The header that proves where they come from. */
  header: string;
  value: string;
}

/** What goes wrong with the next so many events. */
export interface WebhookFaults {
  lose?: number;
  repeat?: number;
}

/** Smaregi's events to whoever listens: once each, never again when that fails, as Smaregi does. */
export class Webhooks {
  readonly #contractId: string;
  readonly #clock: Clock;
  #target: (WebhookTarget & { client: HttpClient }) | undefined;
  #faults: Required<WebhookFaults> = { lose: 0, repeat: 0 };
  /** Events that were answered with 200. */
  delivered = 0;

  constructor(contractId: string, clock: Clock) {
    this.#contractId = contractId;
    this.#clock = clock;
  }

  /** Sends to this target from now on; undefined: to nobody. */
  to(target: WebhookTarget | undefined): void {
    void this.#target?.client.close();
    this.#target = target && {
      ...target,
      client: openHttpClient({
        baseUrl: new URL(target.url).origin,
        connections: 4,
        timeoutMs: 3_000,
        maxBodyBytes: 64 * 1024,
        clock: this.#clock,
      }),
    };
  }

  set(faults: WebhookFaults): void {
    this.#faults = { ...this.#faults, ...faults };
  }

  /** Sends one event; nobody waits for it. */
  send(event: string, action: string, ids: Record<string, unknown>): void {
    const target = this.#target;
    if (!target) return;
    if (this.#use('lose')) return;
    const eventId = randomUUID();
    const body = JSON.stringify({ contractId: this.#contractId, event, action, ...ids });
    const copies = this.#use('repeat') ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) void this.#post(target, event, eventId, body);
  }

  async close(): Promise<void> {
    const client = this.#target?.client;
    this.#target = undefined;
    await client?.close();
  }

  async #post(
    { url, header, value, client }: WebhookTarget & { client: HttpClient },
    event: string,
    eventId: string,
    body: string,
  ): Promise<void> {
    const exchange = await client.exchange({
      method: 'POST',
      path: new URL(url).pathname,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Smaregi-Platform-Api-Webhook/1.2.4(sandbox)',
        'smaregi-contract-id': this.#contractId,
        'smaregi-event': event,
        'smaregi-event-id': eventId,
        [header]: value,
      },
      body,
    });
    if ('answer' in exchange && exchange.answer.status === 200) this.delivered += 1;
  }

  #use(name: keyof WebhookFaults): boolean {
    if (this.#faults[name] <= 0) return false;
    this.#faults[name] -= 1;
    return true;
  }
}
