import type { Clock } from '../platform/clock.ts';

export interface Account {
  username: string;
  password: string;
}

/** Who may use the sandbox OMS: one fixed token, and tokens given for a name and a password. */
export class Accounts {
  readonly #fixedToken: string;
  readonly #account: Account;
  readonly #clock: Clock;
  readonly #lifeMs: number;
  readonly #sessions = new Map<string, number>();
  logins = 0;

  constructor(options: { token: string; account: Account; clock: Clock; lifeMs: number }) {
    this.#fixedToken = options.token;
    this.#account = options.account;
    this.#clock = options.clock;
    this.#lifeMs = options.lifeMs;
  }

  logIn(username: unknown, password: unknown): { token: string; expirationTime: number } | undefined {
    this.logins += 1;
    if (username !== this.#account.username || password !== this.#account.password) return undefined;
    const token = `sandbox-session-${this.logins}`;
    const expirationTime = this.#clock.now() + this.#lifeMs;
    this.#sessions.set(token, expirationTime);
    return { token, expirationTime };
  }

  accepts(authorization: string | undefined): boolean {
    const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1];
    if (token === undefined) return false;
    return token === this.#fixedToken || (this.#sessions.get(token) ?? 0) > this.#clock.now();
  }

  /** Every token given for a log-in is worth nothing from now on. */
  revokeSessions(): void {
    this.#sessions.clear();
  }
}
