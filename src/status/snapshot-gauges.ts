import type { Configuration } from '../config/configuration.ts';
import { SnapshotTimeline } from '../ledger/snapshot-times.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import type { Meter } from '../platform/meter.ts';
import { lastTimeOfDay } from '../platform/time-zone.ts';

/** Figures of the morning reset: how old what the OMS has is, how long the ways took, and whether the deadline held. */
export function addSnapshotGauges(options: {
  meter: Meter;
  database: Database;
  configuration: Pick<Configuration, 'reset' | 'timeZone'>;
  clock: Clock;
}): void {
  const { meter, configuration, clock } = options;
  const timeline = new SnapshotTimeline(options.database);
  const age = meter.gauge(
    'flagship_snapshot_age_seconds',
    'Age of the stock in the snapshot delivered, or applied, last.',
    ['stage'],
  );
  const took = meter.gauge(
    'flagship_snapshot_step_seconds',
    'How long the last snapshot took: from recorded to delivered, from delivered to applied.',
    ['step'],
  );
  const met = meter.gauge(
    'flagship_deadline_met',
    '1: a snapshot was delivered between the reset before and the last deadline; 0: none was.',
  );
  meter.beforeReading(() => {
    const now = clock.now();
    const delivered = timeline.lastDelivered();
    const applied = timeline.lastApplied();
    age.reset();
    took.reset();
    if (delivered?.deliveredAt !== undefined) {
      age.set({ stage: 'delivered' }, (now - delivered.takenAt) / 1000);
      took.set({ step: 'delivery' }, (delivered.deliveredAt - delivered.receivedAt) / 1000);
    }
    if (applied?.appliedAt !== undefined) {
      age.set({ stage: 'applied' }, (now - applied.takenAt) / 1000);
      if (applied.deliveredAt !== undefined) {
        took.set({ step: 'application' }, (applied.appliedAt - applied.deliveredAt) / 1000);
      }
    }
    const { from, deadline } = lastDeadline(now, configuration);
    met.set({}, timeline.wasDelivered(from, deadline) ? 1 : 0);
  });
}

/** The last deadline that has passed, and the reset before it, after which its snapshot may come. Epoch milliseconds. */
export function lastDeadline(
  now: number,
  { reset, timeZone }: Pick<Configuration, 'reset' | 'timeZone'>,
): { from: number; deadline: number } {
  const deadline = lastTimeOfDay(now, reset.deadline, timeZone);
  return { deadline, from: lastTimeOfDay(deadline, reset.appliesAt, timeZone) };
}
