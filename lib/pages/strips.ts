import { sql } from "@/db/client.ts";
import { inList } from "@/db/in-list.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { CHUNK_SECONDS, decodeChunk } from "@/lib/sync/samples/chunk.ts";
import { floorTo, type Interval } from "@/lib/time.ts";
import type { Strip, StripGroup } from "./types.ts";

/** The metrics on a strip, in this order: does it work, does it hold memory, do its cores work. */
export const STRIP_METRICS = ["gpu_utilisation_percent", "gpu_memory_used_mib", "sm_active_percent"] as const;
/** The same for the evidence of a finding: every family of signals. */
export const EVIDENCE_METRICS = [
  ...STRIP_METRICS,
  "dram_active_percent",
  "tensor_active_percent",
  "power_watts",
] as const;
const MOST_CARDS = 16;
export const STRIP_STEPS = 240;

interface SeriesRow {
  readonly key: number;
  readonly subjectKind: string;
  readonly subjectId: string;
  readonly gpu: string;
  readonly metric: string;
  readonly node: string;
  readonly shared: number;
}

/**
 * Samples of a workload's cards (or pods, or itself, as the source sees them) over a range, in 240 steps.
 * A step without a sample is null. Only what has samples near the range counts; at most 16 groups, `count` says how many there are.
 */
export async function loadStrips(
  ctx: Ctx,
  workload: { clusterId: string; id: string; pods: readonly { id: string; name: string }[] },
  range: Interval,
  holdSteps: number,
  metrics: readonly string[] = STRIP_METRICS,
): Promise<{ groups: StripGroup[]; count: number }> {
  const subjects = [workload.id, ...workload.pods.map((p) => p.id)];
  const series = await ctx.db.all<SeriesRow>(sql`
    select key as "key", subject_kind as "subjectKind", subject_id as "subjectId", gpu as "gpu", metric as "metric",
      node as "node", shared as "shared"
    from series where subject_id in ${inList(subjects)} and metric in ${inList(metrics)}
      and cluster_id = ${workload.clusterId}
      and exists (select 1 from chunks c where c.series_key = series.key and c.start_at in ${inList(chunkStarts(range))})
    order by subject_kind, subject_id, gpu`);
  const groups = Map.groupBy(series, (s) => `${s.subjectKind}\u0000${s.subjectId}\u0000${s.gpu}`);
  const shown = [...groups.values()].slice(0, MOST_CARDS);
  const samples = await loadSamples(
    ctx,
    shown.flat().map((s) => s.key),
    range,
    holdSteps,
  );
  const names = new Map(workload.pods.map((p) => [p.id, p.name]));
  const out = shown.flatMap((members): StripGroup[] => {
    const [first] = members;
    const strips = metrics.flatMap((metric) => {
      const one = members.find((m) => m.metric === metric);
      const strip = one ? stripOf(metric, samples.get(one.key) ?? [], range) : null;
      return strip?.max === null || !strip ? [] : [strip];
    });
    if (!first || !strips.length) return [];
    const subject = names.get(first.subjectId) ?? first.subjectId;
    return [
      { subjectKind: first.subjectKind, subject, gpu: first.gpu, node: first.node, shared: first.shared === 1, strips },
    ];
  });
  return { groups: out, count: groups.size };
}

function chunkStarts(range: Interval): number[] {
  const starts: number[] = [];
  for (let at = floorTo(range.start, CHUNK_SECONDS); at < range.end; at += CHUNK_SECONDS) starts.push(at);
  return starts;
}

/** A sample, and for how many seconds at most it holds when no other follows. */
type Sample = readonly [at: number, value: number, holdSeconds: number];

async function loadSamples(
  ctx: Ctx,
  keys: readonly number[],
  range: Interval,
  holdSteps: number,
): Promise<Map<number, Sample[]>> {
  const chunks = await ctx.db.all<{ seriesKey: number; stepSeconds: number; bytes: Uint8Array }>(sql`
    select series_key as "seriesKey", step_seconds as "stepSeconds", bytes as "bytes" from chunks
    where start_at in ${inList(chunkStarts(range))} and series_key in ${inList(keys)} order by start_at`);
  const out = new Map<number, Sample[]>();
  for (const { seriesKey, stepSeconds, bytes } of chunks) {
    const { at, value } = decodeChunk(bytes);
    const into = out.get(seriesKey) ?? [];
    at.forEach((instant, i) => {
      if (instant >= range.start && instant < range.end)
        into.push([instant, value[i] as number, stepSeconds * holdSteps]);
    });
    out.set(seriesKey, into);
  }
  return out;
}

/**
 * Samples as a step function over the range, folded into equal steps: each step's mean over the time that is known, and its
 * maximum; null where nothing is. A value holds until the next sample, or as long as it says (docs/accounting.md §3).
 */
export function stripOf(metric: string, samples: readonly Sample[], range: Interval, steps = STRIP_STEPS): Strip {
  const width = (range.end - range.start) / steps;
  const sums = Array.from({ length: steps }, () => ({ sum: 0, seconds: 0, max: Number.NEGATIVE_INFINITY }));
  let [low, high, total, seconds] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  samples.forEach(([at, value, holdSeconds], i) => {
    const until = Math.min(samples[i + 1]?.[0] ?? range.end, at + holdSeconds, range.end);
    low = Math.min(low, value);
    high = Math.max(high, value);
    total += value * (until - at);
    seconds += until - at;
    for (let k = Math.floor((at - range.start) / width); k < steps && range.start + k * width < until; k++) {
      const step = sums[k];
      const from = range.start + k * width;
      const share = Math.min(until, from + width) - Math.max(at, from);
      if (!step || share <= 0) continue;
      step.sum += value * share;
      step.seconds += share;
      step.max = Math.max(step.max, value);
    }
  });
  return {
    metric,
    points: sums.map(
      (s, i) => [range.start + i * width, s.seconds ? s.sum / s.seconds : null, s.seconds ? s.max : null] as const,
    ),
    min: seconds ? low : null,
    mean: seconds ? total / seconds : null,
    max: seconds ? high : null,
  };
}
