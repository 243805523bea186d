import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Interval, monthInterval } from "@/lib/time.ts";
import type { Scenario } from "@/simulator/scenario.ts";
import { buildTimeline } from "@/simulator/timeline.ts";
import { openbScenario } from "./openb.ts";
import { phillyScenario } from "./philly.ts";
import { supercloudScenario } from "./supercloud.ts";

// The traces are reference material beside the project, never part of it.
const FOLDER = new URL("../../../shared/data", import.meta.url).pathname;

/** F2 of the reference: GPU-hours inside a period, by project name. */
function gpuHours(scenario: Scenario, period: Interval): Map<string, number> {
  const timeline = buildTimeline(scenario);
  const out = new Map<string, number>();
  for (const s of timeline.slots) {
    const length = Math.max(0, Math.min(s.end, period.end) - Math.max(s.start, period.start));
    const name = timeline.project.get(s.workload.projectId)?.name ?? "";
    out.set(name, (out.get(name) ?? 0) + (length * s.milli) / 3_600_000);
  }
  return out;
}

function total(hours: Map<string, number>): number {
  return [...hours.values()].reduce((a, b) => a + b, 0);
}

function overlaps(scenario: Scenario): number {
  let over = 0;
  for (const card of buildTimeline(scenario).cards) {
    const edges = card.slots.flatMap((s) => [
      { at: s.start, milli: s.milli },
      { at: s.end, milli: -s.milli },
    ]);
    edges.sort((a, b) => a.at - b.at || a.milli - b.milli);
    let held = 0;
    for (const e of edges) {
      held += e.milli;
      if (held > 1000) over++;
    }
  }
  return over;
}

describe.skipIf(!existsSync(FOLDER))("replays of the traces (needs ../shared/data)", () => {
  it("Philly: October 2017 by virtual cluster, time-sliced", () => {
    const scenario = phillyScenario(FOLDER);
    expect(scenario.workloads).toHaveLength(82_247);
    const october = gpuHours(scenario, monthInterval("2017-10", "UTC"));
    const expected = {
      ee9e8c: 101_406.652,
      "7f04ca": 100_166.708,
      b436b2: 32_480.874,
      "6214e9": 42_258.732,
      "6c71a0": 47_179.034,
      "2869ce": 39_140.367,
      "0e4a51": 48_547.673,
      "103959": 14_291.052,
      "11cb48": 6817.231,
      e13805: 3266.866,
      ed69ec: 6512.422,
    };
    for (const [vc, hours] of Object.entries(expected)) expect(october.get(vc), vc).toBeCloseTo(hours, 3);
    expect(total(october)).toBeCloseTo(442_067.613, 3);
    expect(total(gpuHours(scenario, monthInterval("2017-11", "UTC")))).toBeCloseTo(295_879.673, 3);
    expect(total(gpuHours(scenario, scenario.range))).toBeCloseTo(978_078.4728, 3);
    expect(overlaps(scenario)).toBe(0);
  });

  it("MIT SuperCloud: two months, and the heaviest user", () => {
    const scenario = supercloudScenario(FOLDER);
    expect(scenario.workloads).toHaveLength(2401);
    expect(total(gpuHours(scenario, monthInterval("2021-02", "UTC")))).toBeCloseTo(9578.295, 3);
    expect(total(gpuHours(scenario, monthInterval("2021-03", "UTC")))).toBeCloseTo(34_269.169, 3);
    expect(gpuHours(scenario, scenario.range).get("user-11206000000000")).toBeCloseTo(6600.042, 3);
    expect(overlaps(scenario)).toBe(0);
  });

  it("openb: fractions of cards", () => {
    const scenario = openbScenario(FOLDER);
    const all = gpuHours(scenario, scenario.range);
    expect(total(all)).toBeCloseTo(51_470.6742, 3);
    expect(all.get("ls")).toBeCloseTo(41_413.36, 3);
    expect(overlaps(scenario)).toBe(0);
  });
});
