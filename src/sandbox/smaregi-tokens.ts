import type { Clock } from '../platform/clock.ts';

/** The application that may ask for tokens. */
export interface Application {
  contractId: string;
  clientId: string;
  clientSecret: string;
}

/** Tokens for client credentials. */
export class Tokens {
  readonly #application: Application;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #lifeSeconds: number;
  readonly #endsAt = new Map<string, number>();
  given = 0;

  constructor(application: Application, clock: Pick<Clock, 'now'>, lifeSeconds: number) {
    this.#application = application;
    this.#clock = clock;
    this.#lifeSeconds = lifeSeconds;
  }

  /** A token for the right credentials (`Authorization: Basic …`) and a scope. */
  give(authorization: string | undefined, form: Readonly<Record<string, string>>) {
    const { clientId, clientSecret } = this.#application;
    const expected = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
    if (authorization !== expected) return { error: 'invalid_client' as const };
    if (form.grant_type !== 'client_credentials' || !form.scope) return { error: 'invalid_request' as const };
    this.given += 1;
    const token = `sandbox-smaregi-token-${this.given}`;
    this.#endsAt.set(token, this.#clock.now() + this.#lifeSeconds * 1000);
    return {
      scope: form.scope,
      token_type: 'Bearer',
      expires_in: this.#lifeSeconds,
      access_token: token,
    };
  }

  accepts(authorization: string | undefined): boolean {
    const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1];
    return token !== undefined && (this.#endsAt.get(token) ?? 0) > this.#clock.now();
  }

  /** Every token is worth nothing from now on. */
  revoke(): void {
    this.#endsAt.clear();
  }
}
