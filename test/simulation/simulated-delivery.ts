import { posix } from 'node:path';
import { deliver, publishedAt } from '../../src/delivery/deliver.ts';
import { temporaryName } from '../../src/delivery/temporary-name.ts';
import type { LedgerRecords } from '../../src/ledger/ledger-records.ts';
import type { Snapshot } from '../../src/ledger/snapshot-records.ts';
import type { ResetWatch } from '../../src/snapshot/reset-watch.ts';
import { deliveryOrder } from '../../src/snapshot/snapshot-choice.ts';
import { Died, type Life } from './life.ts';
import type { World } from './world.ts';

interface DeliveryOptions extends Pick<LedgerRecords, 'snapshots'> {
  world: World;
  life: Life;
  watch: ResetWatch;
}

/**
 * Delivers as src/snapshot/snapshot-delivery.ts does, by the real choice and the real delivery, to a folder in memory.
 * The upload itself is left out: the file is under its temporary name at once.
 */
export class SimulatedDelivery {
  readonly #options: DeliveryOptions;
  #underWay: Promise<void> | undefined;
  #wanted = false;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /** A delivery that a death interrupted is finished without being asked. */
  start(): void {
    if (this.#options.snapshots.inState('delivering').length > 0) this.#options.world.deliveries += 1;
    this.wake();
  }

  wake(): void {
    this.#wanted = true;
    this.#underWay ??= this.#deliverWhileWanted()
      .catch((error: unknown) => {
        if (!(error instanceof Died)) this.#options.world.faults.push(error);
      })
      .finally(() => {
        this.#underWay = undefined;
      });
  }

  async #deliverWhileWanted(): Promise<void> {
    while (this.#wanted) {
      this.#wanted = false;
      await this.#deliverAll();
    }
  }

  /** As many as the history asked for. */
  async #deliverAll(): Promise<void> {
    const { world, snapshots, life } = this.#options;
    while (world.deliveries > 0) {
      const { queue, superseded } = deliveryOrder(snapshots.inState('held', 'ready', 'delivering'));
      for (const { snapshot, by } of superseded) {
        const reason = `replaced by snapshot ${by}`;
        snapshots.change(snapshot.id, 'superseded', { at: world.clock.now(), who: 'flagship', reason });
      }
      const [next] = queue;
      if (!next) return;
      await this.#deliver(next);
      life.use();
      world.deliveries -= 1;
    }
  }

  async #deliver({
    id,
    resetName: name,
    resetBytes: bytes,
    resetSha256: sha256,
    ...snapshot
  }: Snapshot): Promise<void> {
    const { world, snapshots, life, watch } = this.#options;
    const { folder, clock } = world;
    if (snapshot.state === 'ready') snapshots.change(id, 'delivering', { at: clock.now(), who: 'flagship' });
    if (snapshot.uploadedAt === null) {
      const temporary = temporaryName({ name, sha256 });
      folder.put(posix.join(folder.temporaryDirectory, temporary), world.contentOf(name));
      life.reached('upload-half');
      snapshots.markUploaded(id, clock.now(), folder.address);
    }
    const { signal } = new AbortController();
    const delivery = await deliver({
      folder,
      file: { path: name, name, bytes, sha256 },
      wasUploaded: true,
      onUploaded: () => {},
      beforePublishing: () => watch.beforePublishing(id, signal),
      reached: (point) => life.reached(point),
      signal,
    });
    const at = clock.now();
    const deliveredAt = publishedAt(delivery, snapshot.uploadedAt, at);
    snapshots.change(id, 'delivered', { at, who: 'flagship', reason: delivery.how, deliveredAt });
    watch.wake();
  }
}
