import { allocatedUnused } from "./allocated-unused.ts";
import { cpuOversized } from "./cpu-oversized.ts";
import { dataStarved } from "./data-starved.ts";
import { deadIdle } from "./dead-idle.ts";
import { hung } from "./hung.ts";
import { idleHeld } from "./idle-held.ts";
import { keepAlive } from "./keep-alive.ts";
import { longLowUtilisation } from "./long-low-utilisation.ts";
import { longNotebook } from "./long-notebook.ts";
import { memoryOversized } from "./memory-oversized.ts";
import { memoryUnderused } from "./memory-underused.ts";
import { nodesFragmented } from "./nodes-fragmented.ts";
import { oddHours } from "./odd-hours.ts";
import { oneCardOfMany } from "./one-card-of-many.ts";
import type { RuleWords, WorkloadRule } from "./rule.ts";
import { sensorContradicts } from "./sensor-contradicts.ts";
import { startingTooLong } from "./starting-too-long.ts";
import { UNALLOCATED } from "./unallocated.ts";
import { unknownImage } from "./unknown-image.ts";
import { unusualPattern } from "./unusual-pattern.ts";
import { warmServing } from "./warm-serving.ts";
import { wrongCard } from "./wrong-card.ts";

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

/** Every rule, for words, filters and lists. */
export const RULES: readonly RuleWords[] = [...WORKLOAD_RULES, UNALLOCATED];

const BY_SLUG = new Map(RULES.map((rule) => [rule.slug, rule]));

/** What a rule says about itself; a rule of another version is named by its slug. */
export const ruleOf = (slug: string): RuleWords =>
  BY_SLUG.get(slug) ?? {
    ...{ slug, version: 0, group: "suspicious", title: slug.replaceAll("-", " ") },
    ...{ meaning: "A rule of another version of GPU Ledger.", advice: "", severity: "info", audience: "owner" },
  };
