import { HOUR, type Instant, MINUTE } from "@/lib/time.ts";
import { Random } from "@/simulator/random.ts";

/** GPUs of a node that one pod held: milli-GPU over minutes from the start, the end not counted. */
export interface HeldSpan {
  readonly node: number;
  readonly milli: number;
  readonly from: number;
  readonly until: number;
}

/** A labelled node pool. `expects`: rules that must find it. */
interface PoolBehaviour {
  readonly name: string;
  readonly expects: readonly string[];
  /** @param n a number around 1 that makes each case another. */
  held(n: number): readonly HeldSpan[];
}

/** A labelled wait: phases by the hour at which they begin. */
interface WaitBehaviour {
  readonly name: string;
  readonly expects: readonly string[];
  phases(n: number): readonly (readonly [hour: number, phase: string])[];
}

export const POOL_NODES = 2;
export const POOL_CARDS = 8;
const HOURS = 24;
const DAY_LONG = HOURS * 60;

const whole = (node: number, cards: number, from = 0, until = DAY_LONG): HeldSpan => ({
  ...{ node, milli: cards * 1000, from, until },
});

const POOLS: readonly PoolBehaviour[] = [
  { name: "full", expects: [], held: () => [whole(0, 8), whole(1, 8)] },
  { name: "half of a node is free", expects: ["unallocated"], held: () => [whole(0, 8), whole(1, 4)] },
  { name: "nobody uses it", expects: ["unallocated"], held: () => [] },
  {
    name: "free for some hours",
    expects: [],
    held: (n) => [whole(0, 8), whole(1, 8, 0, 480 * n), whole(1, 8, 480 * n + 240, DAY_LONG)],
  },
  {
    name: "free for half a day",
    expects: ["unallocated"],
    held: (n) => [whole(0, 8), whole(1, 6), whole(1, 2, 0, 300 * n), whole(1, 2, 300 * n + 660, DAY_LONG)],
  },
  {
    name: "the free card changes",
    expects: ["unallocated"],
    held: () => [whole(0, 8, 0, 700), whole(0, 7, 700, DAY_LONG), whole(1, 7, 0, 690), whole(1, 8, 690, DAY_LONG)],
  },
  {
    name: "half a card is free",
    expects: [],
    held: () => [whole(0, 8), whole(1, 7), { node: 1, milli: 500, from: 0, until: DAY_LONG }],
  },
  {
    name: "two pods hold one card",
    expects: ["overlap"],
    held: (n) => [whole(0, 8), whole(1, 8), whole(1, 1, 400 * n, 400 * n + 150)],
  },
  {
    name: "a node is held twice",
    expects: ["overlap"],
    held: (n) => [whole(0, 8), whole(1, 8), whole(1, 8, 600 * n, 600 * n + 60)],
  },
  {
    name: "shares come to more than a card",
    expects: ["overlap"],
    held: (n) => [whole(0, 8), whole(1, 8), { node: 1, milli: 500, from: 300 * n, until: 300 * n + 200 }],
  },
  {
    name: "a pod ends a little late",
    expects: [],
    held: (n) => [whole(0, 8), whole(1, 7), whole(1, 1, 0, 500 * n + 3), whole(1, 1, 500 * n, DAY_LONG)],
  },
];

const WAITS: readonly WaitBehaviour[] = [
  { name: "waits for a day", expects: ["pending-long"], phases: () => [[0, "Pending"]] },
  {
    name: "waits for most of a day",
    expects: ["pending-long"],
    phases: (n) => [
      [0, "Creating"],
      [1, "Pending"],
      [15 * n, "Running"],
    ],
  },
  {
    name: "waits again after it ran",
    expects: ["pending-long"],
    phases: (n) => [
      [0, "Pending"],
      [2, "Running"],
      [7 * n, "Pending"],
    ],
  },
  {
    name: "waits overnight",
    expects: [],
    phases: (n) => [
      [0, "Pending"],
      [10 * n, "Running"],
    ],
  },
  {
    name: "is preempted again and again",
    expects: [],
    phases: (n) => [0, 1, 2, 3].flatMap((i) => [[6 * i, "Pending"] as const, [6 * i + 5 * n, "Running"] as const]),
  },
  { name: "starts at once", expects: [], phases: () => [[0, "Running"]] },
  {
    name: "is stopped while it waits",
    expects: [],
    phases: (n) => [
      [0, "Pending"],
      [9 * n, "Stopped"],
    ],
  },
];

export type ClusterGaps = "none" | "outage";

interface Common {
  readonly name: string;
  readonly expects: readonly string[];
  readonly seed: number;
  readonly gaps: ClusterGaps;
  readonly start: Instant;
  readonly end: Instant;
  /** Hours that nobody metered, by their start. */
  readonly unmetered: readonly Instant[];
}
export interface PoolCase extends Common {
  readonly held: readonly HeldSpan[];
}
export interface WaitCase extends Common {
  readonly phases: readonly { readonly at: Instant; readonly phase: string }[];
}

/** Monday, 00:00 UTC. */
const START = Date.UTC(2026, 10, 2) / 1000;
const VARIANTS = [0, 1, 2] as const;

function* each<B extends { readonly name: string; readonly expects: readonly string[] }>(
  behaviours: readonly B[],
  seeds: readonly number[],
): Generator<{ behaviour: B; n: number; common: Common }> {
  for (const behaviour of behaviours)
    for (const seed of seeds)
      for (const variant of VARIANTS)
        for (const gaps of ["none", "outage"] as const) {
          const rng = new Random(seed * 104_729 + variant * 31 + (gaps === "none" ? 0 : 7));
          const n = rng.float(0.9, 1.1);
          const first = START + rng.int(1, HOURS - 4) * HOUR;
          const unmetered = gaps === "none" ? [] : [first, first + HOUR].slice(0, rng.int(1, 2));
          const { name, expects } = behaviour;
          const common = { name, expects, seed, gaps, start: START, end: START + HOURS * HOUR, unmetered };
          yield { behaviour, n, common };
        }
}

/** Every labelled node pool, a day long: two nodes of eight cards. */
export function* poolCases(seeds: readonly number[]): Generator<PoolCase> {
  for (const { behaviour, n, common } of each(POOLS, seeds)) {
    const held = behaviour.held(n).map((h) => ({ ...h, from: Math.round(h.from), until: Math.round(h.until) }));
    yield { ...common, held };
  }
}

/** Every labelled wait, over a day. */
export function* waitCases(seeds: readonly number[]): Generator<WaitCase> {
  for (const { behaviour, n, common } of each(WAITS, seeds)) {
    const phases = behaviour.phases(n).map(([hour, phase]) => ({
      ...{ at: common.start + Math.round((hour * HOUR) / MINUTE) * MINUTE, phase },
    }));
    yield { ...common, phases };
  }
}
