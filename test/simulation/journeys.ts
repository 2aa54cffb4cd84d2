import type { HttpAnswer, HttpExchange } from '../../src/platform/http-client.ts';
import { integer } from '../support/seeded-random.ts';
import type { Life } from './life.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** What goes wrong with a request on its way, or at its end. */
export type Fault =
  /** No connection: certainly nothing happened. */
  | 'not-connected'
  /** The connection breaks before the server has it all; nobody here can know that. */
  | 'request-lost'
  /** The server does it, and the connection breaks. */
  | 'answer-lost'
  /** As before, by a gateway that loses patience. */
  | 'gateway-timeout'
  | 'throttle'
  | 'refuse'
  /** Everything takes long. */
  | 'slow'
  /** It arrives after everybody gave up waiting. */
  | 'late';

/** After so long nobody waits for an answer. */
export const timeoutMs = 30_000;

export interface JourneyOptions {
  clock: VirtualClock;
  random: () => number;
  tell: (event: string) => void;
  /** For people: `the OMS`. */
  server: string;
  /** The longest way of a request, or of its answer, in milliseconds. */
  longestMs?: number;
}

interface Journey {
  life: Life;
  fault: Fault | undefined;
  /** What the server does and answers when the request arrives. */
  serve: () => HttpExchange;
}

/** The way to a server and back: it takes time, it breaks, and whoever sent the request may be dead before its end. */
export class Journeys {
  /** Requests whose answer is still to come. */
  underWay = 0;
  /** Requests that are still to arrive although nobody waits any more. */
  late = 0;
  readonly #options: JourneyOptions;

  constructor(options: JourneyOptions) {
    this.#options = options;
  }

  /** What becomes of a request; never, when its sender dies before. */
  exchange({ life, fault, serve }: Journey): Promise<HttpExchange> {
    const { clock, tell, server } = this.#options;
    return new Promise((resolve) => {
      this.underWay += 1;
      const answer = (exchange: HttpExchange, afterMs: number) => {
        clock.at(clock.now() + afterMs, () => {
          this.underWay -= 1;
          if (survives(life, 'answered')) resolve(exchange);
        });
      };
      const [thereMs, backMs] = this.#travelMs(fault);
      if (fault === 'not-connected') {
        answer(failure('ECONNREFUSED', false), backMs);
      } else if (fault === 'request-lost') {
        tell(`the connection breaks before ${server} has the request`);
        answer(failure('ECONNRESET', true), backMs);
      } else if (fault === 'late') {
        answer(failure('UND_ERR_HEADERS_TIMEOUT', true), timeoutMs);
        this.late += 1;
        clock.at(clock.now() + timeoutMs + integer(this.#options.random, 1_000, timeoutMs - 1_000), () => {
          this.late -= 1;
          tell('a request arrives that nobody waits for any more');
          serve();
        });
        survives(life, 'request-left');
      } else {
        clock.at(clock.now() + thereMs, () => {
          const served = serve();
          if (survives(life, 'request-applied')) answer(served, backMs);
          else this.underWay -= 1;
        });
        survives(life, 'request-left');
      }
    });
  }

  #travelMs(fault: Fault | undefined): [there: number, back: number] {
    const { random, longestMs = 400 } = this.#options;
    const [least, most] = fault === 'slow' ? [5, timeoutMs / 2 - 1_000] : [Math.min(5, longestMs), longestMs];
    return [integer(random, least, most), integer(random, least, most)];
  }
}

/** Whether somebody is still there to go on. */
function survives(life: Life, point: 'request-left' | 'request-applied' | 'answered'): boolean {
  try {
    life.reached(point);
    return true;
  } catch {
    return false;
  }
}

export function answered(
  status: number,
  body: object,
  headers: Record<string, string> = {},
): { answer: HttpAnswer } {
  const content = { 'content-type': 'application/json', ...headers };
  return { answer: { status, headers: content, body: JSON.stringify(body) } };
}

export function failure(code: string, mayHaveBeenSent: boolean): HttpExchange {
  return { failure: { code, message: code, mayHaveBeenSent } };
}
