import { CELL } from "@/lib/insights/cells/cell.ts";
import { allocatedUnused } from "@/lib/insights/rules/idle/allocated-unused.ts";
import { WORKLOAD_RULES } from "@/lib/insights/rules/index.ts";
import { cellsOfMinutes } from "@/lib/insights/rules/measure.ts";
import { thresholdsOf, type WorkloadRule } from "@/lib/insights/rules/rule.ts";
import type { Instant } from "@/lib/time.ts";
import type { RuleSettings } from "./settings.ts";

/** `allocated-unused`, which is listed as suspicious, waits for time without activity, too. */
const isOfIdleness = (rule: WorkloadRule): boolean => rule.group === "idle" || rule === allocatedUnused;

/** The most cells after which every workload is judged. */
const MOST_CELLS = 2;

/**
 * Seconds after which every workload is judged: no rule of idleness in force fires on fewer cells, so that none fires
 * between two rounds on a workload that was at work in the last one.
 */
export function roundOf(settings: RuleSettings): number {
  const minutes = WORKLOAD_RULES.filter(isOfIdleness).flatMap((rule) => {
    const given = settings.of(rule.slug);
    if (given === "off") return [];
    return Object.entries(thresholdsOf(rule, given)).flatMap(([name, value]) =>
      name.endsWith("_minutes") ? value : name.endsWith("_hours") ? value * 60 : [],
    );
  });
  return CELL * Math.min(MOST_CELLS, cellsOfMinutes(Math.min(...minutes)));
}

/**
 * Whether a tick lies between two rounds, so that it judges only workloads that wait. After a tick that was missed the
 * next one is a round.
 * @param settled up to where cells are settled.
 * @param judged up to where every workload was judged.
 * @param round seconds from one round to the next.
 */
export const isBetweenRounds = (settled: Instant, judged: Instant, round: number): boolean =>
  settled % round !== 0 && judged >= settled - CELL;
