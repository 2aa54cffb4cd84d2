import { readdirSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { mountSmallDisk } from '../support/small-disk.ts';
import { check, deliverBytes, deliveryContract } from './contract.ts';

deliveryContract('a local folder', async () => ({
  place: (directory, temporaryDirectory) => ({
    type: 'folder',
    directory,
    ...(temporaryDirectory && { temporaryDirectory }),
  }),
  close: async () => {},
}));

const disk = mountSmallDisk(1);
const why = disk ? '' : ' (skipped: mounting is not permitted here)';

describe.skipIf(!disk)(`delivery to a local disk${why}`, () => {
  const directory = disk?.path ?? '';
  afterAll(() => disk?.remove());

  test('a full disk is told as such, and the part is removed', async () => {
    const delivery = deliverBytes({ type: 'folder', directory }, Buffer.alloc(2_000_000, 'x'));
    await expect(delivery).rejects.toMatchObject({ code: 'delivery-full' });
    expect(readdirSync(directory)).toEqual([]);
  });

  test('a read-only directory is told as such', async () => {
    disk?.makeReadOnly();
    await expect(check({ type: 'folder', directory })).rejects.toMatchObject({ code: 'delivery-directory' });
  });
});
