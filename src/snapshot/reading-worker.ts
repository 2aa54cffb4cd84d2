import { createHash } from 'node:crypto';
import { workerData } from 'node:worker_threads';
import { RowFinder } from '../csv/row-finder.ts';
import { messageOf, systemCode } from '../platform/problem.ts';
import { Doorbell, SharedRing } from '../platform/shared-ring.ts';
import { unpack } from '../platform/unpack.ts';
import type { FoundContent } from './content-reading.ts';
import {
  order,
  type ReadingMessage,
  type ReadingWork,
  rowsOf,
  writeBlock,
  writeEnd,
} from './reading-memory.ts';
import { asRefusal } from './refusal.ts';

// The entry of the thread that reads; see reading-thread.ts for the other side.

const nothing = Buffer.alloc(0);

const { request, memory, port } = workerData as ReadingWork;
const bell = new Doorbell(memory.readerBell);
const blocks = new SharedRing(memory.blocks, new Doorbell(memory.converterBell));

const ordered = () => Atomics.load(memory.order, 0);

/** Waits for a free slot; false when all is over before. */
function hasRoom(): boolean {
  bell.waitUntil(() => !blocks.isFull || ordered() === order.end);
  return ordered() !== order.end;
}

/** Reads the file to its end, or until all is over. @throws BadArchive, NotText; system errors as they are */
async function read(): Promise<FoundContent> {
  const unpacked = await unpack(request.input, request.inputName, request.maxUnpackedBytes);
  const finder = new RowFinder(request.encoding);
  const hash = createHash('sha256');
  const findIn = (piece: Buffer, last: boolean) => {
    if (!hasRoom()) return false;
    const slot = blocks.empty;
    const block = finder.find(piece, last, rowsOf(memory.blocks, slot));
    writeBlock(memory.blocks, slot, block, { readBytes: unpacked.readBytes(), total: unpacked.total });
    blocks.post();
    return true;
  };
  for await (const piece of unpacked.content) {
    hash.update(piece);
    if (!findIn(piece, false)) break;
  }
  findIn(nothing, true);
  return { plain: unpacked.plain, sha256: hash.digest('hex') };
}

async function readAndTell(): Promise<ReadingMessage> {
  try {
    return { is: 'read', found: await read() };
  } catch (error) {
    const refusal = asRefusal(error);
    return {
      is: 'failed',
      refusal: refusal && { reason: refusal.reason, message: refusal.message },
      failure: { message: messageOf(error), code: systemCode(error) },
    };
  }
}

while (ordered() !== order.end) {
  Atomics.compareExchange(memory.order, 0, order.read, order.wait);
  port.postMessage(await readAndTell());
  if (!hasRoom()) break;
  writeEnd(blocks.empty);
  blocks.post();
  bell.waitUntil(() => ordered() !== order.wait);
}
