import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import type { DataFolders } from '../config/data-folders.ts';
import type { FileRecords } from '../ledger/file-records.ts';
import type { HttpServer } from '../platform/http-server.ts';

/**
 * `GET /rejected/ID`: the rejected rows of a file that was taken in, as they are kept: cells that a spreadsheet would
 * run are guarded already. Asked for by number; the path comes from our own record, and must lie in `rejected`.
 */
export function addRejectedRoute(
  server: HttpServer,
  { files, folders }: { files: FileRecords; folders: DataFolders },
): void {
  server.get<{ Params: { id: number } }>(
    '/rejected/:id',
    { schema: { params: { type: 'object', properties: { id: { type: 'integer', minimum: 1 } } } } },
    async (request, reply) => {
      const path = files.get(request.params.id)?.rejectedAs;
      const name = path == null ? undefined : relative(folders.rejected, join(folders.root, path));
      const kept =
        name !== undefined && name === basename(name) && name !== '..' ? join(folders.rejected, name) : '';
      const found = await stat(kept).catch(() => undefined);
      if (name === undefined || !found?.isFile()) {
        return reply
          .code(404)
          .send({ error: 'there are no rejected rows of this file, or they were taken away' });
      }
      const encoded = encodeURIComponent(name).replaceAll("'", '%27');
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-length', found.size)
        .header('content-disposition', `attachment; filename="rejected.csv"; filename*=UTF-8''${encoded}`)
        .send(createReadStream(kept));
    },
  );
}
