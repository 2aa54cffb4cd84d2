import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import type { DataFolders } from '../config/data-folders.ts';
import type { HttpServer } from '../platform/http-server.ts';
import { messageOf } from '../platform/problem.ts';
import type { StatusFeed } from './status-feed.ts';

/**
 * `GET /health/live`: the process answers, whatever else is broken. `GET /health/ready`: it can do its job, else 503
 * with every reason. An OMS or an SFTP server that is down is no reason: work then waits, and a restart mends nothing.
 */
export function addHealthRoutes(
  server: HttpServer,
  { feed, folders }: { feed: StatusFeed; folders: DataFolders },
): void {
  server.get('/health/live', async () => ({ live: true }));
  server.get('/health/ready', async (_request, reply) => {
    const why = (await Promise.all([ledgerTrouble(feed), folderTrouble(folders)])).flat();
    if (why.length === 0) return { ready: true };
    return reply.code(503).send({ ready: false, why });
  });
}

async function ledgerTrouble(feed: StatusFeed): Promise<string[]> {
  try {
    await feed.current();
    return [];
  } catch (error) {
    return [`the ledger cannot be read: ${messageOf(error)}`];
  }
}

async function folderTrouble({
  inbox,
  work,
  outbox,
  archive,
  rejected,
  held,
}: DataFolders): Promise<string[]> {
  const needed = [...Object.values(inbox), work, outbox, archive, rejected, held];
  const troubles = await Promise.all(
    needed.map((folder) =>
      access(folder, constants.R_OK | constants.W_OK).then(
        () => [],
        (error) => [`${folder} cannot be used: ${messageOf(error)}`],
      ),
    ),
  );
  return troubles.flat();
}
