import { followHardware } from "@/lib/insights/evaluate/hardware-run.ts";
import { followWaits } from "@/lib/insights/evaluate/queue-run.ts";
import type { RuleSettings } from "@/lib/insights/evaluate/settings.ts";
import { judgePending, pendingLong, waitingTimes } from "@/lib/insights/rules/health/pending-long.ts";
import { HARDWARE_RULES } from "@/lib/insights/rules/index.ts";
import { UNKNOWN } from "@/lib/insights/rules/measure.ts";
import { thresholdsOf } from "@/lib/insights/rules/rule.ts";
import { meter } from "@/lib/metering/meter.ts";
import type { MeterInput } from "@/lib/metering/records.ts";
import { DEFAULT_RULES } from "@/lib/metering/types.ts";
import { HOUR, type Instant, type Interval } from "@/lib/time.ts";

/** A node pool over some hours: who held what, in milli-GPU, and the hours that nobody metered. */
export interface MeasuredPool extends Interval {
  readonly model: string;
  readonly nodes: number;
  readonly cards: number;
  readonly held: readonly {
    readonly node: number;
    readonly milli: number;
    readonly start: Instant;
    readonly end: Instant;
  }[];
  readonly unmetered: readonly Instant[];
}

const POOL = "pool";

/** Slugs of the rules about hardware that find something in a pool, from buckets that the meter makes. */
export function hardwareRulesThatFind(given: MeasuredPool, settings: RuleSettings): Set<string> {
  const { usage, capacity } = meter(inputOf(given));
  const free = new Map(
    usage.filter((u) => u.workloadKey === 0).map((u) => [u.bucketAt, u.quantities.unallocatedMilli]),
  );
  const metered = capacity.filter((c) => !given.unmetered.includes(c.bucketAt));
  const own = metered.map((c) => ({
    ...{ pool: POOL, model: given.model, bucketAt: c.bucketAt, throughAt: c.throughAt },
    ...{ capacityMilli: c.capacityMilli, overlapMilli: c.overlapMilli, unallocatedMilli: free.get(c.bucketAt) ?? 0 },
  }));
  const out = new Set<string>();
  for (const rule of HARDWARE_RULES) {
    const mine = settings.of(rule.slug);
    if (mine === "off") continue;
    const followed = {
      own,
      metered: new Set(own.map((b) => b.bucketAt)),
      from: given.start,
      prior: null,
      excepted: [],
    };
    const { state } = followHardware({ ...followed, rule, thresholds: thresholdsOf(rule, mine) }, HOUR);
    if (state) out.add(rule.slug);
  }
  return out;
}

function inputOf({ start, end, model, nodes, cards, held }: MeasuredPool): MeterInput {
  const range = { start, end };
  const none = { gpuResources: "", gpuMemoryRequestMib: null };
  return {
    ...{ clusterId: "c", range, loaded: range, rules: DEFAULT_RULES, wantFleet: false },
    ...{ sight: { cards: [range], totals: [] }, podSignals: new Map(), cardSignals: new Map() },
    nodes: Array.from({ length: nodes }, (_, i) => ({
      ...{ name: `n${i}`, nodePool: POOL, gpuModel: model, gpuCount: cards, since: start, removedAt: null },
      ...{ states: [], cardsSeen: new Map(), freeCardsSeen: new Map(), cardsKnown: 0 },
    })),
    workloads: held.map((h, i) => ({
      ...{ key: i + 1, id: `w${i}`, projectKey: 1, category: "Train", phase: "Completed", nodePool: POOL, ...none },
      ...{ createdAt: h.start, phaseUpdatedAt: null, endedAt: h.end, runningSeconds: null, phases: [] },
      ...{ gpuRequestMilli: h.milli, gpuRequestPerPodMilli: h.milli, cpuRequestMilli: null, cpuLimitMilli: null },
      ...{ cpuMemoryRequestMib: null, cpuMemoryLimitMib: null, signals: new Map() },
      pods: [
        {
          ...{ id: `p${i}`, node: `n${h.node}`, nodePool: POOL, createdAt: h.start, startedAt: h.start, boundAt: null },
          ...{ endedAt: h.end, gpuMilli: h.milli, ...none },
        },
      ],
    })),
  };
}

/** A workload that waited, or did not, over some hours. */
export interface MeasuredWait extends Interval {
  readonly phases: readonly { readonly at: Instant; readonly phase: string }[];
  readonly unmetered: readonly Instant[];
}

/** Whether `pending-long` finds a wait. */
export function findsWait({ start, end, phases, unmetered }: MeasuredWait, settings: RuleSettings): boolean {
  const mine = settings.of(pendingLong.slug);
  if (mine === "off") return false;
  const thresholds = thresholdsOf(pendingLong, mine);
  const waits = waitingTimes(phases, end);
  const state = followWaits(waits, null, { start, end }, (at, indexOf) =>
    unmetered.some((hour) => hour <= at && at < hour + HOUR)
      ? UNKNOWN
      : judgePending(waits, at, 1, thresholds, indexOf),
  );
  return state !== null;
}
