import { expect, test } from 'vitest';
import { wasApplied } from '../../src/snapshot/reset-verdict.ts';
import { makeLedger } from '../support/ledger.ts';
import { addSnapshot } from '../support/snapshots.ts';

const uploadedAt = Date.parse('2026-11-24T05:20:00+09:00');
const minute = 60_000;

async function deliveredAfterRestart() {
  const ledger = await makeLedger();
  const id = addSnapshot(ledger, { takenAt: uploadedAt - 60 * minute });
  ledger.snapshots.change(id, 'delivering', { at: uploadedAt, who: 'test' });
  ledger.snapshots.markUploaded(id, uploadedAt, 'sftp://oms.example/incoming');
  ledger.snapshots.change(id, 'delivered', { at: uploadedAt + 90 * minute, who: 'test' });
  const place = { ...ledger, timeZone: 'Asia/Tokyo', rows: { lookUp: async () => [] } };
  const decision = { at: uploadedAt + 100 * minute, who: 'test', reason: 'seen in the log of the OMS' };
  return { id, place, decision };
}

test('a snapshot can have been applied before we heard that it is delivered', async () => {
  const { id, place, decision } = await deliveredAfterRestart();
  const appliedAt = uploadedAt + 15 * minute;
  expect(await wasApplied(place, id, appliedAt, decision)).toMatchObject({ state: 'applied', appliedAt });
});

test('it cannot have been applied before it was uploaded', async () => {
  const { id, place, decision } = await deliveredAfterRestart();
  await expect(wasApplied(place, id, uploadedAt - minute, decision)).rejects.toMatchObject({
    code: 'reset-time',
  });
});
