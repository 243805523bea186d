import { expect, it } from "vitest";
import { HOUR, MINUTE } from "@/lib/time.ts";
import { type MeasuredCase, rulesThatFind } from "./case.ts";

const START = Date.UTC(2026, 10, 2) / 1000;
type Values = Readonly<Record<string, (at: number) => number | null>>;

/** A number between 0 and 1 that follows from an instant alone. */
const noise = (at: number): number => ((at * 2_654_435_761) % 1000) / 1000;
const near = (value: number, spread: number) => (at: number) => value + spread * (noise(at) - 0.5);

/** A workload of some cards over hours; null: no sample. */
function given(
  cards: readonly Values[],
  more: Partial<MeasuredCase> & { hours?: number; offset?: number } = {},
): MeasuredCase {
  const { hours = 8, offset = 0, ...rest } = more;
  const { start = START, step = 60 } = rest;
  const end = start + hours * HOUR;
  const seriesOf = (values: Values, shift: number) =>
    Object.fromEntries(
      Object.entries(values).map(([metric, of]) => {
        const at: number[] = [];
        const value: number[] = [];
        for (let t = start; t < end; t += step) {
          const v = of(t);
          if (v === null) continue;
          at.push(t + shift);
          value.push(v);
        }
        return [metric, { at, value }];
      }),
    );
  return {
    ...{ category: "Train", start, end, step, model: "NVIDIA-H100-80GB-HBM3", host: {} },
    cards: cards.map((values, i) => ({
      gpu: `GPU-${i}`,
      node: `n${i % 2}`,
      series: seriesOf(values, i === 1 ? offset : 0),
    })),
    ...{ cpuRequestMilli: null, cpuMemoryRequestMib: null, nodeGpus: { n0: 8, n1: 8 } },
    ...rest,
  };
}

const idle = {
  gpu_utilisation_percent: () => 0,
  gpu_memory_used_mib: () => 40_000,
  sm_active_percent: () => 0,
  dram_active_percent: () => 0,
  tensor_active_percent: () => 0,
  power_watts: near(75, 4),
};
const busy = {
  gpu_utilisation_percent: near(92, 12),
  gpu_memory_used_mib: near(61_000, 900),
  sm_active_percent: near(62, 20),
  dram_active_percent: near(30, 10),
  tensor_active_percent: near(28, 10),
  power_watts: near(540, 80),
};
/** Activity for some seconds of each period, which a sample sees if it falls into them. */
const bursts = (seconds: number, period: number, load: number) => (at: number) => (at % period < seconds ? load : 0);

/** Midnight in Berlin of the day on which summer time ends. */
const BERLIN = Date.UTC(2026, 9, 24, 22) / 1000;

/** What a workload is that never did anything from its start on. */
const UNUSED = ["allocated-unused", "idle-held", "starting-too-long"];

const keepAlive = (seconds: number, period: number) =>
  given([
    {
      ...idle,
      gpu_utilisation_percent: bursts(seconds, period, 100),
      sm_active_percent: bursts(seconds, period, 3),
      power_watts: (at) => (at % period < seconds ? 110 : 75),
    },
  ]);
const hungAt = (low: number, high: number): Values => ({
  ...busy,
  gpu_utilisation_percent: () => 100,
  sm_active_percent: near(3, 3),
  dram_active_percent: near(0.6, 0.6),
  tensor_active_percent: () => 0,
  power_watts: (at) => low + ((high - low) * ((at - START) % (4 * HOUR))) / (4 * HOUR),
});
const without = (values: Values, metric: RegExp): Values =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !metric.test(name)));
const everyOther = (values: Values, metric: RegExp): Values =>
  Object.fromEntries(
    Object.entries(values).map(([name, of]) => [
      name,
      (at: number) => (metric.test(name) && Math.floor(at / HOUR) % 2 ? null : of(at)),
    ]),
  );
const pausing = (length: number, period: number): Values =>
  Object.fromEntries(
    Object.entries(busy).map(([name, of]) => [
      name,
      (at: number) => ((at - START) % period < length ? (idle[name as keyof typeof idle]?.(at) ?? 0) : of(at)),
    ]),
  );

it.each<[string, MeasuredCase, string[]]>([
  ["seven seconds in each 47, sampled once a minute, without tensor work", keepAlive(7, 47), ["keep-alive"]],
  ["a card whose monitoring touches it for a moment every 50 minutes", keepAlive(60, 50 * MINUTE), ["keep-alive"]],
  ["a collective that waits, while power drifts with the clocks", given([hungAt(120, 300)]), ["hung"]],
  ["the same at nearly full power, which somebody computes with", given([hungAt(500, 640)]), []],
  [
    "two cards that work, one on a node whose clock is 40 s ahead",
    given([busy, busy], { offset: 40 }),
    ["nodes-fragmented"],
  ],
  ["work whose counters of profiling are blank", given([without(busy, /^(sm|dram|tensor)/)]), []],
  ["work whose counters of profiling are blank every other hour", given([everyOther(busy, /^(sm|dram|tensor)/)]), []],
  ["work whose NVML counters are blank every other hour", given([everyOther(busy, /^(gpu|power)/)]), []],
  ["idleness whose counters of profiling are blank", given([without(idle, /^(sm|dram|tensor)/)]), UNUSED],
  ["work with a pause of twenty minutes for each checkpoint", given([pausing(20 * MINUTE, 3 * HOUR)]), []],
  ["work that is sampled every five minutes", given([busy], { step: 300 }), []],
  [
    "idleness on the day with 25 hours",
    given([idle], { start: BERLIN, hours: 25, zone: "Europe/Berlin" }),
    ["long-low-utilisation", ...UNUSED].sort(),
  ],
  ["work on the day with 25 hours", given([busy], { start: BERLIN, hours: 25, zone: "Europe/Berlin" }), []],
])("%s", (_, odd, expected) => {
  expect([...rulesThatFind(odd)].sort()).toEqual(expected);
});
