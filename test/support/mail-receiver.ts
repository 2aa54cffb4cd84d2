import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { onTestFinished } from 'vitest';

export interface MailReceiver {
  port: number;
  /** Whole messages with their headers, in order of arrival. */
  mails: string[];
  /** Who logged in, in order. */
  users: string[];
}

/** A real SMTP server without encryption that takes mail from one user, until the test is over. */
export async function startMailReceiver(login: {
  username: string;
  password: string;
}): Promise<MailReceiver> {
  const receiver: MailReceiver = { port: 0, mails: [], users: [] };
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth({ username = '', password }, _session, done) {
      if (username !== login.username || password !== login.password)
        return done(new Error('wrong password'));
      receiver.users.push(username);
      done(null, { user: username });
    },
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk) => chunks.push(chunk));
      stream.on('end', () => {
        receiver.mails.push(Buffer.concat(chunks).toString('utf8'));
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  onTestFinished(() => new Promise((resolve) => server.close(() => resolve())));
  receiver.port = (server.server.address() as AddressInfo).port;
  return receiver;
}
