import type { ServerReply } from '../platform/http-server.ts';
import { type Fault, FaultPlan, type Faults } from './faults.ts';
import { sendProblem } from './smaregi-lists.ts';
import type { WebhookFaults } from './smaregi-webhooks.ts';

/** What shall go wrong at Smaregi. */
export interface SmaregiFaults {
  reads?: Faults;
  writes?: Faults;
  /** End points that the contract's plan does not include: 403. */
  forbidden?: readonly ('stock' | 'stock-changes' | 'transactions' | 'products')[];
  webhooks?: WebhookFaults;
}

/** The faults of Smaregi's end points that are still to come. */
export class SmaregiFaultPlan {
  readonly reads = new FaultPlan();
  readonly writes = new FaultPlan();
  forbidden: readonly string[] = [];

  set({ reads, writes, forbidden }: SmaregiFaults): void {
    if (reads) this.reads.set(reads);
    if (writes) this.writes.set(writes);
    if (forbidden) this.forbidden = [...forbidden];
  }

  clear(): void {
    this.reads.clear();
    this.writes.clear();
    this.forbidden = [];
  }
}

/** Answers with a fault instead of what was asked for; false when there is none. */
export function sendFault(reply: ServerReply, fault: Fault): boolean {
  switch (fault.kind) {
    case 'none':
      return false;
    case 'drop-before':
    case 'drop-after':
      reply.hijack();
      reply.raw.destroy();
      return true;
    case 'status':
      if (fault.retryAfter !== undefined) reply.header('retry-after', fault.retryAfter);
      sendProblem(reply, fault.code, 'Injected', 'a fault of the sandbox');
      return true;
    case 'error-body':
      reply.send(fault.body);
      return true;
    case 'html-login':
    case 'broken-json':
      reply.type('text/html').send('<html><body>maintenance</body></html>');
      return true;
  }
}
