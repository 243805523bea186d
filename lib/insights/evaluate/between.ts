import { CELL } from "@/lib/insights/cells/cell.ts";
import type { Instant } from "@/lib/time.ts";

/** Cells after which every workload is judged. */
const ROUND = 2 * CELL;

/**
 * Whether a tick lies between two rounds, so that it judges only workloads that wait: no rule of idleness fires on
 * fewer cells than a round has. After a tick that was missed the next one is a round.
 * @param settled up to where cells are settled.
 * @param judged up to where every workload was judged.
 */
export const isBetweenRounds = (settled: Instant, judged: Instant): boolean =>
  settled % ROUND !== 0 && judged >= settled - CELL;
