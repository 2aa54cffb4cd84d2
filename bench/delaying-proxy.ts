import { connect, createServer, type Socket } from 'node:net';

// A TCP proxy that holds every byte back, each way, in a process of its own: node bench/delaying-proxy.ts PORT DELAY_MS,
// started with fork. It tells its parent the port that it listens on. DELAY_MS is for both ways together.

const port = Number(process.argv[2]);
const oneWayMs = Number(process.argv[3]) / 2;

/** Order is kept: timers of one length fire in the order in which they were set. */
function pipeLate(from: Socket, to: Socket): void {
  from.on('data', (chunk) => setTimeout(() => to.write(chunk), oneWayMs));
  from.on('end', () => setTimeout(() => to.end(), oneWayMs));
  from.on('error', () => to.destroy());
}

const server = createServer({ noDelay: true }, (client) => {
  const upstream = connect({ host: '127.0.0.1', port, noDelay: true });
  pipeLate(client, upstream);
  pipeLate(upstream, client);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') process.send?.(address?.port);
});
process.on('disconnect', () => process.exit(0));
