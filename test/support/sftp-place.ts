import type { SftpPlace } from '../../src/config/configuration.ts';
import { Secret } from '../../src/config/secret.ts';

/** A delivery place on a loopback server, with the configuration's defaults. */
export function sftpPlace(
  server: { port: number; fingerprint: string },
  login: { username: string; password: string } | { username: string; privateKey: string },
  more: Partial<SftpPlace> & { directory: string },
): SftpPlace {
  return {
    type: 'sftp',
    host: '127.0.0.1',
    port: server.port,
    username: login.username,
    hostKey: server.fingerprint,
    ...('password' in login
      ? { password: new Secret({ env: 'PASSWORD' }, { PASSWORD: login.password }) }
      : { privateKey: new Secret({ file: login.privateKey }, {}) }),
    timeoutSeconds: 20,
    requestKilobytes: 248,
    writeWindow: 64,
    readBackMegabytes: 64,
    ...more,
  };
}
