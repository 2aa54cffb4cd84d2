import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { mountSmallDisk, type SmallDisk } from '../support/small-disk.ts';
import { check, deliverBytes, deliveryContract } from './contract.ts';

deliveryContract('a local folder', async () => ({
  place: (directory, temporaryDirectory) => ({
    type: 'folder',
    directory,
    ...(temporaryDirectory && { temporaryDirectory }),
  }),
  close: async () => {},
}));

describe('delivery to a local disk', () => {
  let disk: SmallDisk | undefined;
  beforeEach(({ skip }) => {
    disk = mountSmallDisk(1);
    if (!disk) skip('mounting is not permitted here');
  });
  afterEach(() => disk?.remove());

  test('a full disk is told as such, and the part is removed', async () => {
    const directory = disk?.path ?? '';
    const delivery = deliverBytes({ type: 'folder', directory }, Buffer.alloc(2_000_000, 'x'));
    await expect(delivery).rejects.toMatchObject({ code: 'delivery-full' });
    expect(readdirSync(directory)).toEqual([]);
  });

  test('a read-only directory is told as such', async () => {
    const directory = disk?.path ?? '';
    disk?.makeReadOnly();
    await expect(check({ type: 'folder', directory })).rejects.toMatchObject({ code: 'delivery-directory' });
  });
});
