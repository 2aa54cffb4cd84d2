import { connect, type Socket } from 'node:net';
import SftpClient from 'ssh2-sftp-client';
import type { SftpPlace } from '../config/configuration.ts';
import type { Clock } from '../platform/clock.ts';
import { ConnectionLost, deliveryProblem, hostKeyProblem, NoAnswer } from './delivery-problem.ts';
import { fingerprint, sameFingerprint } from './fingerprint.ts';

/** The SFTP channel with one callback per request, which tells the server's own status codes. */
export type SftpChannel = Awaited<ReturnType<SftpClient['connect']>>;
export type Answer<T> = (error?: Error | null, value?: T) => void;

const keepaliveMs = 10_000;

/** Saying goodbye is a courtesy: a server that does not answer it is left after this time. */
const goodbyeMs = 1_000;

/**
 * One logged-in connection. ssh2 leaves requests unanswered for ever in some failures (the connection gone
 * between two of them, a server that falls silent), so every request here also ends when the connection does,
 * and when none at all was answered for `timeoutSeconds`.
 */
export class SftpConnection {
  readonly #client: SftpClient;
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #waiting = new Set<(error: Error) => void>();
  #channel: SftpChannel | undefined;
  #lost: Error | undefined;
  #answers = 0;
  #watching = false;
  #nap = new AbortController();
  readonly #over = new AbortController();

  /**
   * Connects, checks the host key against the configured one before anything secret is sent, and logs in.
   * Aborting `signal` breaks the connection at any time.
   *
   * @throws Problem `delivery-unreachable`, `delivery-host-key`, `delivery-login`
   */
  static async open(place: SftpPlace, address: string, clock: Clock, signal: AbortSignal) {
    signal.throwIfAborted();
    const timeoutMs = place.timeoutSeconds * 1000;
    const socket = connect({ host: place.host, port: place.port, noDelay: true, keepAlive: true });
    const connection = new SftpConnection(socket, clock, timeoutMs);
    signal.addEventListener('abort', () => connection.#lose(new ConnectionLost()), {
      signal: connection.#over.signal,
    });
    try {
      await connection.#reach(socket);
    } catch (error) {
      connection.#lose(new ConnectionLost());
      throw deliveryProblem(error, address, 'connect');
    }
    const shown: { hostKey?: string } = {};
    try {
      await connection.#logIn(place, shown);
      return connection;
    } catch (error) {
      connection.#lose(new ConnectionLost());
      if (shown.hostKey && !sameFingerprint(shown.hostKey, place.hostKey)) {
        throw hostKeyProblem(address, place.hostKey, shown.hostKey);
      }
      throw deliveryProblem(error, address, 'login');
    }
  }

  private constructor(socket: Socket, clock: Clock, timeoutMs: number) {
    this.#socket = socket;
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    const lost = () => this.#lose(new ConnectionLost());
    socket.on('error', lost);
    socket.on('close', lost);
    // A fresh client per connection, because it gathers listeners; and callbacks, because its own print.
    this.#client = new SftpClient('flagship', { error: lost, end: lost, close: lost });
  }

  /** Sends one request. Rejects with the server's error, or when the connection is lost or silent. */
  request<T = void>(send: (channel: SftpChannel, answer: Answer<T>) => void): Promise<T> {
    return this.#answered((answer) => {
      if (!this.#channel) throw new ConnectionLost();
      send(this.#channel, answer);
    });
  }

  /**
   * The most bytes that the server takes in one write, where that is known. ssh2 keeps the limit to itself and splits
   * what is larger into writes that wait for each other.
   */
  get largestWrite(): number | undefined {
    const limit: unknown = this.#channel && Reflect.get(this.#channel, '_maxWriteLen');
    return typeof limit === 'number' ? Math.floor(limit / 1024) * 1024 : undefined;
  }

  /** Says goodbye, or just goes when that is not answered. */
  async close(): Promise<void> {
    if (!this.#lost) {
      const nap = new AbortController();
      const goodbye = this.#client.end().catch(() => {});
      await Promise.race([goodbye, this.#clock.sleep(goodbyeMs, nap.signal)]);
      nap.abort();
    }
    this.#lose(new ConnectionLost());
  }

  #reach(socket: Socket): Promise<void> {
    return this.#answered((answer) => {
      socket.once('connect', () => answer());
      socket.prependOnceListener('error', answer);
    });
  }

  async #logIn(place: SftpPlace, shown: { hostKey?: string }): Promise<void> {
    const channel = await this.#answered<SftpChannel>((answer) => {
      const login = this.#client.connect({
        sock: this.#socket,
        username: place.username,
        ...(place.privateKey && { privateKey: place.privateKey.reveal() }),
        ...(place.passphrase && { passphrase: place.passphrase.reveal() }),
        ...(place.password && { password: place.password.reveal() }),
        hostVerifier: (key: Buffer) => {
          shown.hostKey = fingerprint(key);
          return sameFingerprint(shown.hostKey, place.hostKey);
        },
        keepaliveInterval: keepaliveMs,
        readyTimeout: 0, // ours covers the whole log-in, the channel included
      });
      login.then((opened) => answer(null, opened), answer);
    });
    const lost = () => this.#lose(new ConnectionLost());
    channel.on('error', lost);
    channel.on('close', lost);
    this.#channel = channel;
  }

  #answered<T>(start: (answer: Answer<T>) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#lost) {
        reject(this.#lost);
        return;
      }
      const answer: Answer<T> = (error, value) => {
        if (!this.#waiting.delete(reject)) return;
        this.#answers += 1;
        if (this.#waiting.size === 0) this.#nap.abort();
        if (error) reject(error);
        else resolve(value as T);
      };
      this.#waiting.add(reject);
      void this.#watch();
      try {
        start(answer);
      } catch (error) {
        answer(error as Error);
      }
    });
  }

  /** While anything waits: gives up when a whole time-out passes without a single answer. */
  async #watch(): Promise<void> {
    if (this.#watching) return;
    this.#watching = true;
    while (this.#waiting.size > 0) {
      const before = this.#answers;
      this.#nap = new AbortController();
      await this.#clock.sleep(this.#timeoutMs, this.#nap.signal);
      if (this.#waiting.size > 0 && this.#answers === before) this.#lose(new NoAnswer(this.#timeoutMs));
    }
    this.#watching = false;
  }

  #lose(error: Error): void {
    this.#lost ??= error;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    this.#nap.abort();
    this.#over.abort();
    this.#socket.destroy();
    for (const reject of waiting) reject(this.#lost);
  }
}
