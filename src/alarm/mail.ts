import { createTransport } from 'nodemailer';
import type { Configuration } from '../config/configuration.ts';
import { messageOf } from '../platform/problem.ts';
import { notTold } from './alarm-problem.ts';
import type { Channel } from './channel.ts';

type Email = NonNullable<Configuration['alarms']['email']>;

const timeoutMs = 10_000;

/** Sends each message as a plain e-mail. */
export function mailChannel(name: string, email: Email): Channel {
  return {
    name,
    async tell({ subject, lines }) {
      const { host, port, security, login, from, to } = email;
      const pass = login?.password.reveal();
      const transport = createTransport({
        host,
        port,
        secure: security === 'tls',
        requireTLS: security === 'starttls',
        ignoreTLS: security === 'none',
        connectionTimeout: timeoutMs,
        greetingTimeout: timeoutMs,
        socketTimeout: timeoutMs,
        ...(login && { auth: { user: login.username, pass } }),
      });
      try {
        await transport.sendMail({ from, to, subject, text: `${lines.join('\n')}\n` });
      } catch (error) {
        throw notTold(name, messageOf(error), pass === undefined ? [] : [pass], error);
      } finally {
        transport.close();
      }
    },
  };
}
