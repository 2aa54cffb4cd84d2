import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitCode } from '../platform/exit-code.ts';
import { startRetailerSandbox } from '../sandbox/retailer-sandbox.ts';
import { type Command, print } from './command-line.ts';

/** Serves an OMS, a Smaregi and an SFTP server on loopback until it is interrupted, and says how to run the service on them. */
export const sandbox: Command = async (context) => {
  const root = mkdtempSync(join(tmpdir(), 'flagship-sandbox-'));
  const world = await startRetailerSandbox(root, context.clock);
  const { oms, smaregi, configPath, environment, sftpPort } = world;
  const settings = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  print(context, { oms: oms.url, smaregi: smaregi.url, sftpPort, configPath, environment, folder: root }, [
    `OMS    ${oms.url}`,
    `       GET /sandbox/levels, GET /sandbox/calls, POST /sandbox/reset-job, POST /sandbox/faults`,
    `       POST /sandbox/orders, POST /sandbox/pack: online orders, and stores that pack them`,
    `Smaregi ${smaregi.url}`,
    `       GET /sandbox/stock, GET /sandbox/additions, POST /sandbox/faults`,
    `SFTP   127.0.0.1:${sftpPort}`,
    `files  ${root}`,
    '',
    'In another terminal:',
    `  export ${settings.join(' ')} FLAGSHIP_CONFIG=${configPath}`,
    '  npm run flagship -- check',
    '  npm start',
    'and in a third, a night, an answer that is lost, and a morning of products that the OMS does not know yet:',
    `  cp data/sample/zaiko_20261124_0300.csv ${join(root, 'data/inbox/inventory')}/`,
    `  curl -X POST ${oms.url}/sandbox/faults -H 'content-type: application/json' -d '{"dropAfter": 1}'`,
    `  cp data/sample/uriage_20261124_1105.csv ${join(root, 'data/inbox/sales')}/`,
    'its job of 05:30, which makes them known, so that what was refused can be replayed:',
    `  curl -X POST ${oms.url}/sandbox/reset-job`,
    '',
    `The status page is where npm start says. To decide on it: token ${environment.FLAGSHIP_STATUS_TOKEN}`,
    '',
    'Then the OMS reads its folder, and once "flagship snapshots" says applied, levels can be looked at:',
    `  curl -X POST ${oms.url}/sandbox/reset-job`,
    '  npm run flagship -- reconcile',
    '  npm run flagship -- online --product 4901234510005',
    '  npm run flagship -- warehouse data/sample/haibun_20261124.csv upload.csv',
    '',
    'Ctrl-C ends the sandbox.',
  ]);
  await new Promise<void>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => resolve());
  });
  await world.close();
  return exitCode.done;
};
