import { createHash, type Hash } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import {
  done,
  endOfAll,
  endOfContent,
  type HashMessage,
  type HashRing,
  posted,
  slotBytes,
} from './hash-thread.ts';

// The entry of the hashing thread; see hash-thread.ts for the other side.

const { counts, contents, lengths, bytes } = workerData as HashRing;
const hashes = new Map<number, Hash>();

for (let next = 0; ; next += 1) {
  Atomics.wait(counts, posted, next);
  const slot = next % lengths.length;
  const content = contents[slot] ?? 0;
  const length = lengths[slot] ?? 0;
  if (length === endOfAll) break;
  const hash = hashes.get(content) ?? createHash('sha256');
  if (length === endOfContent) {
    const message: HashMessage = { content, sha256: hash.digest('hex') };
    parentPort?.postMessage(message);
    hashes.delete(content);
  } else {
    hashes.set(content, hash.update(bytes.subarray(slot * slotBytes, slot * slotBytes + length)));
  }
  Atomics.add(counts, done, 1);
  Atomics.notify(counts, done);
}
