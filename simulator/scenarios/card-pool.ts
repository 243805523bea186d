import { type GpuSpec, milliOf, type NodeSpec } from "@/simulator/scenario.ts";

export interface Placement {
  readonly node: string;
  readonly gpus: readonly GpuSpec[];
}

interface NodeState {
  readonly spec: NodeSpec;
  /** Free thousandths by card. */
  readonly free: number[];
  up: boolean;
  readonly lost: Set<number>;
}

/** Which cards are free. Places pods by best fit, so that nothing overlaps and whole nodes stay free for large jobs. */
export class CardPool {
  readonly #nodes = new Map<string, NodeState>();
  readonly #pools = new Map<string, NodeState[]>();

  constructor(nodes: readonly NodeSpec[]) {
    for (const spec of nodes) {
      const state: NodeState = { spec, free: Array<number>(spec.gpuCount).fill(1000), up: true, lost: new Set() };
      this.#nodes.set(spec.name, state);
      this.#pools.set(spec.pool, [...(this.#pools.get(spec.pool) ?? []), state]);
    }
  }

  /** Takes `gpus` of one node of the pool (below 1: a part of one card), or null when none but `barred` nodes has them free. */
  place(pool: string, gpus: number, barred: ReadonlySet<string>): Placement | null {
    const need = milliOf(gpus);
    const nodes = (this.#pools.get(pool) ?? []).filter((n) => !barred.has(n.spec.name));
    return need < 1000 ? this.#placePart(nodes, need) : this.#placeWhole(nodes, Math.round(gpus));
  }

  /** Names of the pool's nodes that are up. */
  nodesUp(pool: string): string[] {
    return (this.#pools.get(pool) ?? []).filter((n) => n.up && n.lost.size === 0).map((n) => n.spec.name);
  }

  #usable(state: NodeState, index: number): number {
    return state.up && !state.lost.has(index) ? (state.free[index] as number) : 0;
  }

  #placePart(nodes: readonly NodeState[], need: number): Placement | null {
    let best: { state: NodeState; index: number; left: number } | null = null;
    for (const state of nodes)
      for (let index = 0; index < state.free.length; index++) {
        const left = this.#usable(state, index) - need;
        if (left >= 0 && (best === null || left < best.left)) best = { state, index, left };
      }
    if (!best) return null;
    best.state.free[best.index] = (best.state.free[best.index] as number) - need;
    return { node: best.state.spec.name, gpus: [{ index: best.index, fraction: need / 1000 }] };
  }

  #placeWhole(nodes: readonly NodeState[], count: number): Placement | null {
    let best: { state: NodeState; free: number[] } | null = null;
    for (const state of nodes) {
      const free = state.free.map((_, i) => i).filter((i) => this.#usable(state, i) === 1000);
      if (free.length >= count && (best === null || free.length < best.free.length)) best = { state, free };
    }
    if (!best) return null;
    const taken = best.free.slice(0, count);
    for (const index of taken) best.state.free[index] = 0;
    return { node: best.state.spec.name, gpus: taken.map((index) => ({ index, fraction: 1 })) };
  }

  release(placement: Placement): void {
    const state = this.#nodes.get(placement.node) as NodeState;
    for (const gpu of placement.gpus) state.free[gpu.index] = (state.free[gpu.index] as number) + milliOf(gpu.fraction);
  }

  setUp(node: string, up: boolean): void {
    (this.#nodes.get(node) as NodeState).up = up;
  }

  setLost(node: string, index: number, lost: boolean): void {
    const { lost: set } = this.#nodes.get(node) as NodeState;
    if (lost) set.add(index);
    else set.delete(index);
  }
}
