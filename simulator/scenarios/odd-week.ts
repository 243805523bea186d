import { DAY, HOUR, type Instant, type Interval } from "@/lib/time.ts";
import type { PrometheusSwitches } from "@/simulator/prometheus/server.ts";
import type { RunaiSwitches } from "@/simulator/runai/context.ts";
import type { Scenario } from "@/simulator/scenario.ts";
import { withBackground } from "./background.ts";
import { withSharedCards } from "./shared-cards.ts";
import { withSlowStarts } from "./slow-starts.ts";

/**
 * The week of the demo in which its peers do what real ones do: everything that a switch of the simulator stands for. The ledger must agree with
 * the truth all the same, and name what cannot be known.
 *
 * - Run:ai: containers restart, pods end by their phase alone, GPUs are asked for as memory or come by claims, times are Go's zero time, numbers are text,
 *   images are pulled for minutes, replicas count as cards, background work runs under others, and some pods stay listed
 *   after their workload. Who looks in that week also meets odd
 *   pages, odd items and half lists of nodes.
 * - Exporters: they say `localhost`, lose who holds their cards, name a pod on a second card now and then, are scraped by two jobs, and some
 *   counters are dead. In the middle of the week they are upgraded to dcgm-exporter 4.9, and stay so.
 */
const FIRST_DAY = 42;
const UPGRADE_DAY = 2;

/** Cards whose profiling counters read 0, by node and index, from an hour of the week on. */
const DEAD_COUNTERS: readonly (readonly [node: string, index: number, hour: number, hours: number])[] = [
  ["gpu-h100-05", 0, 34, 30],
  ["gpu-a100-02", 3, 80, 26],
];

/** Of a demo whose history starts at an instant. */
export function oddWeekOf(start: Instant): Interval {
  const from = start + FIRST_DAY * DAY;
  return { start: from, end: from + 7 * DAY };
}

/**
 * The demo with what happens in the cluster itself in that week: images that are pulled slowly, dead counters, and three nodes more
 * that joined then, of five cards: for background work, with MIG slices, and with time-slicing. The same scenario if it ends before.
 */
export function withOddWeek(scenario: Scenario): Scenario {
  const week = oddWeekOf(scenario.range.start);
  if (week.end > scenario.range.end) return scenario;
  const slow = withSlowStarts(scenario, week, 6);
  const nodes = slow.nodes.map((node) => {
    const dead = DEAD_COUNTERS.filter(([name]) => name === node.name).map(([, index, hour, hours]) => {
      const start = week.start + hour * HOUR;
      return { index, start, end: start + hours * HOUR };
    });
    return dead.length > 0 ? { ...node, deadCounters: dead } : node;
  });
  const card = { gpuModel: "NVIDIA-L40S", memoryMibPerGpu: 46_068 };
  const night = withBackground({ ...slow, nodes }, week, card);
  return { ...withSharedCards({ ...night, range: week }), range: scenario.range };
}

/** What its peers do in that week. */
export function oddWeekSwitches({ range }: Scenario): {
  readonly runai: Partial<RunaiSwitches>;
  readonly prometheus: Partial<PrometheusSwitches>;
} {
  const during = oddWeekOf(range.start);
  return {
    runai: {
      ...{ during, restarts: true, endsByPhase: true, memoryRequests: true, zeroTimes: true, textNumbers: true },
      ...{ oddNodeLists: true, oddItems: true, oddPages: true, countsReplicas: true, claims: true },
      podsOutlive: 80,
    },
    prometheus: {
      ...{ during, hostNames: "localhost", labelsLost: true, scrapedTwice: true, claims: true, strays: true },
      upgradedAt: during.start + UPGRADE_DAY * DAY + 9 * HOUR,
    },
  };
}
