import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';

/** What to do with one request; `request` is its head and body, `turn` counts requests on all connections from 0. */
export type Behaviour = (socket: Socket, request: string, turn: number) => void;

export interface MisbehavingServer {
  url: string;
  port: number;
  /** Whole requests received, in order. */
  requests: string[];
  connections: number;
  close(): Promise<void>;
}

/** A server on a bare socket that answers, or does not, exactly as `behave` says. */
export async function startMisbehavingServer(
  behave: Behaviour,
  onConnection: (socket: Socket) => void = () => {},
): Promise<MisbehavingServer> {
  const sockets = new Set<Socket>();
  const state: MisbehavingServer = { url: '', port: 0, requests: [], connections: 0, close };
  const server: Server = createServer((socket) => {
    state.connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    onConnection(socket);
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk.toString('utf8');
      for (let length = wholeRequest(received); length > 0; length = wholeRequest(received)) {
        const request = received.slice(0, length);
        received = received.slice(length);
        state.requests.push(request);
        behave(socket, request, state.requests.length - 1);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  state.port = (server.address() as AddressInfo).port;
  state.url = `http://127.0.0.1:${state.port}`;
  return state;

  async function close(): Promise<void> {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** Length of the first whole request in `text`, 0 when there is none yet. */
function wholeRequest(text: string): number {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return 0;
  const length = Number(/content-length: *(\d+)/i.exec(text.slice(0, end))?.[1] ?? 0);
  const total = end + 4 + length;
  return Buffer.byteLength(text) >= total ? total : 0;
}

/** One whole HTTP/1.1 answer. */
export function answer(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = { 'content-type': 'application/json' },
): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} Status\r\n${lines.join('')}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** A port on which nothing listens. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
