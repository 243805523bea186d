import { HOUR, type Instant } from "@/lib/time.ts";
import { Random } from "@/simulator/random.ts";
import { BEHAVIOURS, type Behaviour } from "./behaviours.ts";

/** The samples of one metric: null where one did not come. */
export interface CorpusSeries {
  readonly at: readonly Instant[];
  readonly value: readonly number[];
}
export interface CorpusCard {
  readonly gpu: string;
  readonly node: string;
  readonly series: Readonly<Record<string, CorpusSeries>>;
}
/** A labelled workload with its samples. */
export interface CorpusCase {
  readonly behaviour: Behaviour;
  readonly seed: number;
  readonly step: number;
  readonly gaps: "none" | "some" | "outage";
  readonly noise: "low" | "high";
  readonly start: Instant;
  readonly end: Instant;
  readonly cards: readonly CorpusCard[];
  /** When the pods of its cards ran, and when a look saw that their containers had started again. */
  readonly pods: readonly { readonly start: Instant; readonly end: Instant; readonly restarts: readonly Instant[] }[];
  readonly images: readonly string[];
  readonly host: Readonly<Record<string, CorpusSeries>>;
  readonly model: string;
}

/** Seeds for finding thresholds, and those for measuring what they reach: never the same. */
export const SEEDS = { tuning: [11, 12], test: [101, 102] } as const;

/** What the operator of the labelled workloads lists as known. */
export const KNOWN_IMAGES = ["nvcr.io/nvidia/*", "registry.example.com/ml/*"];
const IMAGE = "nvcr.io/nvidia/pytorch:26.10-py3";
/** Seconds between two looks at pods. */
const LOOK = 300;

/** Monday, 08:00 UTC. */
const START = Date.UTC(2026, 10, 2, 8) / 1000;
const MODEL = "NVIDIA-H100-80GB-HBM3";
const MEMORY_MIB = 81_920;
const WATTS = { rest: 70, limit: 700 };
const STEPS = [15, 30, 60] as const;
const GAPS = ["none", "some", "outage"] as const;

/** Every behaviour with each sampling step, kind of gap and noise, for each seed. */
export function* corpus(seeds: readonly number[]): Generator<CorpusCase> {
  for (const behaviour of BEHAVIOURS)
    for (const seed of seeds)
      for (const [i, step] of STEPS.entries())
        for (const [k, gaps] of GAPS.entries())
          yield caseOf(behaviour, seed, step, gaps, (i + k + seed) % 2 ? "high" : "low");
}

function caseOf(
  behaviour: Behaviour,
  seed: number,
  step: number,
  gaps: CorpusCase["gaps"],
  noise: CorpusCase["noise"],
): CorpusCase {
  const rng = new Random(seed * 7919 + step * 31 + GAPS.indexOf(gaps));
  const start = START + rng.int(0, 40) * 60;
  const end = start + behaviour.hours * HOUR;
  const hole = rng.int(3600, Math.max(3601, behaviour.hours * HOUR - 4800));
  const outage = gaps === "outage" ? [start + hole, start + hole + rng.int(1200, 2700)] : [0, 0];
  const missing = gaps === "some" ? 0.08 : 0;
  const present = (at: Instant) => !(at >= (outage[0] as number) && at < (outage[1] as number)) && !rng.chance(missing);
  // No two workloads of a kind are alike: their load, memory and pace differ.
  const own = { load: rng.float(0.88, 1.12), memory: rng.float(0.9, 1.1), pace: rng.float(0.93, 1.07) };
  const jitter = noise === "high" ? 0.08 : 0.02;
  const count = behaviour.cards ?? 1;
  const nodes = behaviour.nodes ?? 1;
  const cards = Array.from({ length: count }, (_, card): CorpusCard => {
    const series = seriesOf();
    for (let at = Math.ceil(start / step) * step; at < end; at += step) {
      const reading = behaviour.read((at - start) * own.pace, rng.next(), card, seed * 1000 + card);
      if (!present(at)) continue;
      // What is at its limit stays there.
      const load = reading.util >= 95 ? 1 : own.load;
      const shake = (value: number) => (value === 0 ? 0 : value * load * (1 + (rng.next() - 0.5) * 2 * jitter));
      const percent = (value: number) =>
        Math.min(100, Math.max(value > 0 ? 0.01 : 0, Math.round(shake(value) * 100) / 100));
      add(series, "gpu_utilisation_percent", at, Math.round(percent(reading.util)) || (reading.util > 0 ? 1 : 0));
      add(series, "gpu_memory_used_mib", at, Math.round(reading.memory * own.memory * MEMORY_MIB));
      add(series, "sm_active_percent", at, percent(reading.sm));
      add(series, "dram_active_percent", at, percent(reading.dram));
      add(series, "tensor_active_percent", at, percent(reading.tensor));
      add(series, "power_watts", at, Math.round(shake(WATTS.rest + reading.power * (WATTS.limit - WATTS.rest))));
    }
    return { gpu: `GPU-${card}`, node: `n${card % nodes}`, series };
  });
  const life = behaviour.podMinutes ? Math.round(behaviour.podMinutes * own.pace * 60) : end - start;
  const pods = cards.flatMap(() =>
    Array.from({ length: Math.ceil((end - start) / life) }, (_, i) => ({
      ...{ start: start + i * life, end: Math.min(end, start + (i + 1) * life) },
      restarts: restartsSeen({ start, end }, Math.round((behaviour.restartMinutes ?? 0) * own.pace * 60)),
    })),
  );
  const { cores, hostGib, images = [IMAGE] } = behaviour;
  const host = seriesOf();
  for (let at = Math.ceil(start / 60) * 60; at < end; at += 60) {
    if (!present(at)) continue;
    if (cores) add(host, "cpu_cores", at, cores.used * (1 + (rng.next() - 0.5) * jitter));
    if (hostGib) add(host, "cpu_memory_mib", at, Math.round(hostGib.used * 1024 * (1 + (rng.next() - 0.5) * jitter)));
  }
  return { behaviour, seed, step, gaps, noise, start, end, cards, pods, images, host, model: MODEL };
}

/** The last restart before each look; none where a container runs to its end. */
function restartsSeen({ start, end }: { start: Instant; end: Instant }, period: number): Instant[] {
  if (period === 0) return [];
  const seen = new Set<Instant>();
  for (let look = start + LOOK; look < end; look += LOOK)
    seen.add(start + Math.floor((look - start) / period) * period);
  return [...seen].filter((at) => at > start);
}

type Growing = Record<string, { at: number[]; value: number[] }>;
const seriesOf = (): Growing => ({});
function add(series: Growing, metric: string, at: Instant, value: number): void {
  const one = series[metric] ?? { at: [], value: [] };
  series[metric] = one;
  one.at.push(at);
  one.value.push(value);
}
