import fc from 'fast-check';
import type { Operator } from './operator.ts';
import { rows } from './rows.ts';
import type { World } from './world.ts';

/** A history under way. */
export interface Scene {
  world: World;
  operator: Operator;
  /** Looks whether everything is still as it must be. */
  check: () => void;
}

/** One thing that happens, to whomever. */
export class Step implements fc.AsyncCommand<Scene, Scene> {
  readonly #name: string;
  readonly #can: (world: World) => boolean;
  readonly #act: (scene: Scene) => Promise<void> | void;

  constructor(
    name: string,
    act: (scene: Scene) => Promise<void> | void,
    can: (world: World) => boolean = () => true,
  ) {
    this.#name = name;
    this.#act = act;
    this.#can = can;
  }

  check({ world }: Readonly<Scene>): boolean {
    return this.#can(world);
  }

  async run(_: Scene, scene: Scene): Promise<void> {
    scene.world.figures.operations += 1;
    await this.#act(scene);
    await scene.world.rest();
    scene.check();
  }

  toString(): string {
    return this.#name;
  }
}

export type Steps = fc.Arbitrary<Step>;

export const row = fc.nat(rows.length - 1);
export const pieces = fc.integer({ min: 1, max: 3 });
export const which = fc.nat(50);

/** The item with this number; every number names one, if there is any. */
export function pick<Item>(items: readonly Item[], index: number): Item | undefined {
  return items[index % items.length];
}
