import { hung } from "./health/hung.ts";
import { overlap } from "./health/overlap.ts";
import { pendingLong } from "./health/pending-long.ts";
import { restartLoop } from "./health/restart-loop.ts";
import { sensorContradicts } from "./health/sensor-contradicts.ts";
import { allocatedUnused } from "./idle/allocated-unused.ts";
import { deadIdle } from "./idle/dead-idle.ts";
import { idleHeld } from "./idle/idle-held.ts";
import { startingTooLong } from "./idle/starting-too-long.ts";
import { unallocated } from "./idle/unallocated.ts";
import { warmServing } from "./idle/warm-serving.ts";
import type { HardwareRule, RuleWords, ThresholdHelp, WorkloadRule } from "./rule.ts";
import { keepAlive } from "./unusual/keep-alive.ts";
import { oddHours } from "./unusual/odd-hours.ts";
import { unknownImage } from "./unusual/unknown-image.ts";
import { unusualPattern } from "./unusual/unusual-pattern.ts";
import { cpuOversized } from "./waste/cpu-oversized.ts";
import { dataStarved } from "./waste/data-starved.ts";
import { longLowUtilisation } from "./waste/long-low-utilisation.ts";
import { longNotebook } from "./waste/long-notebook.ts";
import { memoryOversized } from "./waste/memory-oversized.ts";
import { memoryUnderused } from "./waste/memory-underused.ts";
import { nodesFragmented } from "./waste/nodes-fragmented.ts";
import { oneCardOfMany } from "./waste/one-card-of-many.ts";
import { wrongCard } from "./waste/wrong-card.ts";

/** Every rule about workloads. Adding one is a file and a line here (CONTRIBUTING.md, "Adding a rule"). */
export const WORKLOAD_RULES: readonly WorkloadRule[] = [
  deadIdle,
  idleHeld,
  warmServing,
  allocatedUnused,
  memoryUnderused,
  longLowUtilisation,
  oneCardOfMany,
  startingTooLong,
  hung,
  restartLoop,
  dataStarved,
  keepAlive,
  memoryOversized,
  cpuOversized,
  nodesFragmented,
  wrongCard,
  longNotebook,
  oddHours,
  unknownImage,
  unusualPattern,
  sensorContradicts,
];

/** Every rule about hardware. */
export const HARDWARE_RULES: readonly HardwareRule[] = [unallocated, overlap];

/** Every rule, for words, filters, settings and lists. */
export const RULES: readonly (RuleWords & { readonly thresholds: Readonly<Record<string, ThresholdHelp>> })[] = [
  ...WORKLOAD_RULES,
  pendingLong,
  ...HARDWARE_RULES,
];

const BY_SLUG: ReadonlyMap<string, RuleWords> = new Map(RULES.map((rule) => [rule.slug, rule]));

/** What a rule says about itself; a rule of another version is named by its slug. */
export const ruleOf = (slug: string): RuleWords =>
  BY_SLUG.get(slug) ?? {
    ...{ slug, version: 0, group: "suspicious", topic: "unusual", title: slug.replaceAll("-", " ") },
    ...{ meaning: "A rule of another version of GPU Ledger.", advice: "", severity: "info", audience: "owner" },
  };
