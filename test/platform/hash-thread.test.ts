import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { contentHash } from '../../src/platform/content-hash.ts';
import { HashThread } from '../../src/platform/hash-thread.ts';
import { seededRandom } from '../support/seeded-random.ts';

test('contents that come side by side, faster than they are hashed, are each hashed whole', async () => {
  const random = seededRandom(7);
  const thread = new HashThread();
  try {
    const contents = [0, 1, 2].map(async (number) => {
      const hash = thread.newHash();
      const expected = createHash('sha256');
      const here = contentHash();
      for (let piece = 0; piece < 60; piece += 1) {
        const bytes = Buffer.alloc(Math.floor(random() * 700_000), number + piece);
        expected.update(bytes);
        await here.update(bytes);
        await hash.update(bytes);
        bytes.fill(0); // the piece is ours again
      }
      const sha256 = expected.digest('hex');
      expect(await hash.digest()).toBe(sha256);
      expect(await here.digest()).toBe(sha256);
    });
    await Promise.all(contents);
  } finally {
    await thread.close();
  }
});

test('nothing at all has a hash, too', async () => {
  const thread = new HashThread();
  expect(await thread.newHash().digest()).toBe(createHash('sha256').digest('hex'));
  await thread.close();
});

test('a thread that has ended is told to whoever waits for it', async () => {
  const thread = new HashThread();
  const hash = thread.newHash();
  await hash.update(Buffer.from('x'));
  await thread.close();
  await expect(hash.digest()).rejects.toThrow('the hashing thread ended');
});
