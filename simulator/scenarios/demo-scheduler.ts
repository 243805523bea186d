import { DAY, HOUR, type Instant } from "@/lib/time.ts";
import { mix, Random, uuidOf } from "@/simulator/random.ts";
import type { NodeSpec, Phase, PhaseSpec, PodSpec } from "@/simulator/scenario.ts";
import { CardPool, type Placement } from "./card-pool.ts";
import type { Job } from "./demo-jobs.ts";
import { EventQueue } from "./event-queue.ts";

type Pod = { -readonly [K in keyof PodSpec]: PodSpec[K] };

/** What became of a job. */
export interface JobRun {
  readonly job: Job;
  readonly id: string;
  readonly phases: PhaseSpec[];
  readonly pods: Pod[];
  deletedAt: Instant | null;
}

interface State extends JobRun {
  live: { pod: Pod; placement: Placement }[];
  remaining: number;
  resumedAt: Instant;
  waitingSince: Instant;
  /** Counts starts, so that an event of an earlier start does nothing. */
  start: number;
  ended: boolean;
  readonly rng: Random;
}

/** Kubernetes evicts the pods of a node five minutes after it is gone. */
const EVICTION_SECONDS = 300;
/** A job of whole nodes that waited this long gets nodes reserved, which then drain. */
const PATIENCE_SECONDS = 3 * HOUR;

/** Plays jobs against nodes in time: queues, quotas, pre-emption, node faults. Deterministic; a later end only adds. */
export class DemoScheduler {
  readonly #events = new EventQueue();
  readonly #cards: CardPool;
  readonly #runs: State[] = [];
  readonly #queue: State[] = [];
  readonly #held = new Map<string, number>();
  readonly #running = new Set<State>();
  /** By pool: the job that waits for whole nodes, and the nodes that drain for it. */
  readonly #reserved = new Map<string, { readonly state: State; readonly nodes: ReadonlySet<string> }>();
  #dirty = false;

  constructor(nodes: readonly NodeSpec[], jobs: readonly Job[]) {
    this.#cards = new CardPool(nodes);
    for (const node of nodes) this.#planFaults(node);
    for (const job of jobs) this.#events.add(job.submitAt, (at) => this.#submit(job, at));
  }

  run(until: Instant): readonly JobRun[] {
    this.#events.runUntil(until, (at) => {
      if (this.#dirty) this.#schedule(at);
    });
    return this.#runs;
  }

  #planFaults(node: NodeSpec): void {
    for (const down of node.down) {
      this.#events.add(down.start, () => this.#cards.setUp(node.name, false));
      this.#events.add(Math.min(down.start + EVICTION_SECONDS, down.end), (at) => this.#evict(node.name, null, at));
      this.#events.add(down.end, () => {
        this.#cards.setUp(node.name, true);
        this.#dirty = true;
      });
    }
    for (const lost of node.lostCards) {
      this.#events.add(lost.start, (at) => {
        this.#cards.setLost(node.name, lost.index, true);
        this.#evict(node.name, lost.index, at);
      });
      this.#events.add(lost.end, () => {
        this.#cards.setLost(node.name, lost.index, false);
        this.#dirty = true;
      });
    }
  }

  #submit(job: Job, at: Instant): void {
    const state: State = {
      job,
      id: uuidOf(`workload/${job.seed}/${job.name}`),
      phases: [{ at, phase: "Creating", message: "" }],
      pods: [],
      deletedAt: null,
      live: [],
      remaining: job.nightly ? Math.max(job.runSeconds, DAY) : job.runSeconds,
      resumedAt: 0,
      waitingSince: at,
      start: 0,
      ended: false,
      rng: new Random(mix(job.seed, 99)),
    };
    this.#runs.push(state);
    this.#wait(state, at, "Waiting for resources");
  }

  #phase(state: State, at: Instant, phase: Phase, message = ""): void {
    state.phases.push({ at: Math.max(at, state.phases.at(-1)?.at ?? at), phase, message });
  }

  #wait(state: State, at: Instant, message: string): void {
    this.#phase(state, at, "Pending", message);
    state.waitingSince = at;
    this.#queue.push(state);
    this.#dirty = true;
  }

  #key(job: Job): string {
    return `${job.project.name}/${job.pool}`;
  }

  #inQuota(job: Job, extra: number): boolean {
    return (this.#held.get(this.#key(job)) ?? 0) + extra <= (job.project.quota[job.pool] ?? 0);
  }

  #schedule(at: Instant): void {
    this.#dirty = false;
    const rank = (s: State) =>
      s.job.category === "Deploy" ? 0 : this.#inQuota(s.job, s.job.pods * s.job.gpuPerPod) ? 1 : 2;
    const order = this.#queue.map((s) => ({ s, rank: rank(s) }));
    order.sort((a, b) => a.rank - b.rank || a.s.waitingSince - b.s.waitingSince);
    for (const { s, rank: r } of order) {
      const placed = this.#placeAll(s) ?? (r < 2 && s.job.pods === 1 ? this.#preemptFor(s, at) : null);
      if (placed) this.#begin(s, placed, at);
      else if (s.job.gpuPerPod >= 8 && at - s.waitingSince > PATIENCE_SECONDS) this.#reserve(s);
    }
  }

  #barred(state: State): ReadonlySet<string> {
    const reserved = this.#reserved.get(state.job.pool);
    return reserved && reserved.state !== state ? reserved.nodes : new Set();
  }

  /** Sets aside the nodes that are due to be free first. One job per pool at a time. */
  #reserve(state: State): void {
    if (this.#reserved.has(state.job.pool)) return;
    const freeAt = new Map(this.#cards.nodesUp(state.job.pool).map((node) => [node, 0]));
    for (const running of this.#running)
      for (const { placement } of running.live) {
        const known = freeAt.get(placement.node);
        if (known !== undefined) freeAt.set(placement.node, Math.max(known, running.resumedAt + running.remaining));
      }
    const nodes = [...freeAt].sort((a, b) => a[1] - b[1]).slice(0, state.job.pods);
    this.#reserved.set(state.job.pool, { state, nodes: new Set(nodes.map(([node]) => node)) });
  }

  #placeAll(state: State): Placement[] | null {
    const placed: Placement[] = [];
    for (let i = 0; i < state.job.pods; i++) {
      const placement = this.#cards.place(state.job.pool, state.job.gpuPerPod, this.#barred(state));
      if (!placement) {
        for (const p of placed) this.#cards.release(p);
        return null;
      }
      placed.push(placement);
    }
    return placed;
  }

  /** An in-quota job takes cards back from the latest over-quota job that can give enough. */
  #preemptFor(state: State, at: Instant): Placement[] | null {
    const { pool, gpuPerPod } = state.job;
    const victims = [...this.#running].filter(
      (v) => v.job.pool === pool && v.job.preemptible && v.job.gpuPerPod >= gpuPerPod && !this.#inQuota(v.job, 0),
    );
    const victim = victims.sort((a, b) => b.resumedAt - a.resumedAt)[0];
    if (!victim || at - victim.resumedAt < 1200) return null;
    this.#stop(victim, at);
    this.#wait(victim, at, "Preempted: the node pool was needed by a project within its quota");
    return this.#placeAll(state);
  }

  #begin(state: State, placed: readonly Placement[], at: Instant): void {
    this.#queue.splice(this.#queue.indexOf(state), 1);
    if (this.#reserved.get(state.job.pool)?.state === state) this.#reserved.delete(state.job.pool);
    this.#running.add(state);
    state.start++;
    this.#phase(state, at, "Initializing");
    const starts = placed.map((placement) => this.#addPod(state, placement, at));
    const running = Math.max(...starts);
    this.#phase(state, running, "Running");
    state.resumedAt = running;
    const mine = state.start;
    this.#events.add(running + state.remaining, (t) => state.start === mine && !state.ended && this.#end(state, t));
    if (state.job.nightly) {
      const night = Math.floor(running / DAY) * DAY + 19 * HOUR + state.rng.int(0, 3 * HOUR);
      const suspendAt = night > running + HOUR ? night : night + DAY;
      this.#events.add(suspendAt, (t) => state.start === mine && !state.ended && this.#suspend(state, t));
    }
    if (state.job.maxPods > state.job.pods) this.#planScaling(state, mine, running);
  }

  #addPod(state: State, placement: Placement, at: Instant): Instant {
    const n = state.pods.length;
    const startedAt = at + state.rng.int(4, 75);
    const pod: Pod = {
      id: uuidOf(`pod/${state.id}/${n}`),
      name: `${state.job.name}-${state.job.pods > 1 || n > 0 ? `${state.start}-` : ""}${n}`,
      node: placement.node,
      createdAt: at,
      startedAt,
      completedAt: null,
      deletedAt: null,
      failed: false,
      gpus: placement.gpus,
    };
    state.pods.push(pod);
    state.live.push({ pod, placement });
    this.#hold(state.job, state.job.gpuPerPod);
    return startedAt;
  }

  #hold(job: Job, gpus: number): void {
    this.#held.set(this.#key(job), (this.#held.get(this.#key(job)) ?? 0) + gpus);
  }

  #dropPod(state: State, at: Instant): void {
    const last = state.live.pop();
    if (!last) return;
    last.pod.deletedAt = Math.max(at, last.pod.createdAt);
    if (last.pod.startedAt !== null && last.pod.startedAt >= at) last.pod.startedAt = null;
    this.#cards.release(last.placement);
    this.#hold(state.job, -state.job.gpuPerPod);
    this.#dirty = true;
  }

  /** All pods go away; what is left to run is kept. */
  #stop(state: State, at: Instant): void {
    state.remaining = Math.max(60, state.remaining - Math.max(0, at - state.resumedAt));
    while (state.live.length > 0) this.#dropPod(state, at);
    state.start++;
    this.#running.delete(state);
  }

  #suspend(state: State, at: Instant): void {
    this.#phase(state, at, "Stopping");
    this.#stop(state, at);
    this.#phase(state, at + 4, "Stopped", "Suspended by the user");
    let morning = (Math.floor(at / DAY) + 1) * DAY + 8 * HOUR + state.rng.int(0, 2 * HOUR);
    while ([0, 6].includes((Math.floor(morning / DAY) + 4) % 7)) morning += DAY;
    this.#events.add(morning, (t) => {
      this.#phase(state, t, "Resuming");
      this.#wait(state, t, "Waiting for resources");
    });
  }

  #planScaling(state: State, mine: number, at: Instant): void {
    const { job, rng } = state;
    const day = Math.floor(at / DAY) * DAY;
    const edges = [7, 20, 31].map((h) => day + h * HOUR + 1800 + (job.seed % 1200));
    const service = job.category === "Deploy";
    const next = service ? (edges.find((e) => e > at) as number) : at + rng.int(HOUR, 5 * HOUR);
    this.#events.add(next, (t) => {
      if (state.start !== mine || state.ended) return;
      const weekend = [0, 6].includes((Math.floor(t / DAY) + 4) % 7);
      const byDay = t % DAY < 12 * HOUR && !weekend;
      const wanted = service ? (byDay ? job.maxPods : job.pods) : rng.int(job.pods, job.maxPods);
      while (state.live.length > wanted) this.#dropPod(state, t);
      while (state.live.length < wanted) {
        const placement = this.#cards.place(job.pool, job.gpuPerPod, this.#barred(state));
        if (!placement) break;
        this.#addPod(state, placement, t);
      }
      this.#planScaling(state, mine, t);
    });
  }

  #evict(node: string, index: number | null, at: Instant): void {
    const holds = (p: Placement) => p.node === node && (index === null || p.gpus.some((g) => g.index === index));
    for (const state of [...this.#running]) {
      if (!state.live.some((l) => holds(l.placement))) continue;
      if (index !== null && state.job.category === "Train") {
        this.#end(state, at, "GPU has fallen off the bus (XID 79)");
        continue;
      }
      this.#stop(state, at);
      this.#wait(state, at, index === null ? `Node ${node} is not ready` : "GPU lost; rescheduling");
    }
  }

  #end(state: State, at: Instant, fault?: string): void {
    const { job } = state;
    const cancelled = job.outcome === "cancelled" && !fault;
    const failed = !cancelled && (job.outcome === "failed" || fault !== undefined);
    if (!cancelled)
      for (const { pod } of state.live) {
        pod.completedAt = Math.max(at, (pod.startedAt ?? at) + 1);
        pod.failed = failed;
      }
    const { live } = state;
    while (state.live.length > 0) this.#dropPod(state, at);
    if (!cancelled) for (const pod of state.pods) if (pod.completedAt !== null) pod.deletedAt = null;
    state.ended = true;
    this.#running.delete(state);
    live.length = 0;
    if (cancelled) this.#phase(state, at, "Deleting");
    else
      this.#phase(state, at, failed ? "Failed" : "Completed", fault ?? (failed ? "Container exited with code 1" : ""));
    if (cancelled) state.deletedAt = at + 3;
    else if (job.deleteAfter !== null) this.#delete(state, at + job.deleteAfter);
  }

  #delete(state: State, at: Instant): void {
    state.deletedAt = at;
    for (const pod of state.pods) pod.deletedAt ??= at;
  }
}
