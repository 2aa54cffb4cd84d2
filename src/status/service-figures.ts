import type { Configuration } from '../config/configuration.ts';
import type { DataFolders } from '../config/data-folders.ts';
import type { Store } from '../config/store-map.ts';
import { AlarmRecords } from '../ledger/alarm-records.ts';
import { ReconciliationRecords } from '../ledger/reconciliation-records.ts';
import type { CountRows } from '../ledger/row-count.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import { Meter } from '../platform/meter.ts';
import type { WatchedExchange } from '../platform/watched-http.ts';
import { EventFigures } from './event-figures.ts';
import { addLedgerGauges } from './ledger-gauges.ts';
import { addMachineGauges } from './machine-gauges.ts';
import { OmsWatch } from './oms-watch.ts';
import { addSnapshotGauges } from './snapshot-gauges.ts';

/** The figures of the service, and what has to be told of events for them. */
export interface ServiceFigures {
  meter: Meter;
  omsWatch: OmsWatch;
  countRows: CountRows;
  onOmsExchange: (watched: WatchedExchange) => void;
}

/** Every figure at `/metrics`. Names are part of docs/monitoring: a test compares them. */
export function serviceFigures(options: {
  configuration: Configuration;
  folders: DataFolders;
  stores: readonly Store[];
  database: Database;
  clock: Clock;
}): ServiceFigures {
  const meter = new Meter();
  const events = new EventFigures(meter);
  const omsWatch = new OmsWatch();
  addLedgerGauges({ ...options, meter });
  addSnapshotGauges({ ...options, meter });
  addMachineGauges({ ...options, meter, oms: options.configuration.oms, watch: omsWatch });
  const alarms = new AlarmRecords(options.database);
  const open = meter.gauge('flagship_alarms', 'Alarms that have started and not ended, by code.', ['code']);
  meter.beforeReading(() => {
    open.reset();
    const codes = alarms.open().map(({ code }) => code);
    for (const code of new Set(codes)) open.set({ code }, codes.filter((other) => other === code).length);
  });
  addLevelGauges(meter, new ReconciliationRecords(options.database));
  return {
    meter,
    omsWatch,
    countRows: (count) => events.countRows(count),
    onOmsExchange(watched) {
      omsWatch.note(watched);
      events.countExchange(watched);
    },
  };
}

/** What the last comparison of levels found. */
function addLevelGauges(meter: Meter, reconciliations: ReconciliationRecords): void {
  const levels = meter.gauge('flagship_levels', 'Levels of the OMS by what the last comparison found.', [
    'class',
  ]);
  meter.beforeReading(() => {
    const last = reconciliations.last();
    if (!last) return;
    levels.set({ class: 'equal' }, last.equal);
    levels.set({ class: 'within-open' }, last.withinOpen);
    levels.set({ class: 'zeroed' }, last.zeroed);
    levels.set({ class: 'lost' }, last.lost);
    levels.set({ class: 'doubled' }, last.doubled);
    levels.set({ class: 'changed' }, last.changed);
  });
}
