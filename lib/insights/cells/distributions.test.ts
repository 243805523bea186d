import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { classifySlot } from "@/lib/metering/classify.ts";
import { toSteps } from "@/lib/metering/timeline.ts";
import { DEFAULT_RULES } from "@/lib/metering/types.ts";
import { Random } from "@/simulator/random.ts";
import { AT, type Cells, cellsOf, type MeasureName } from "./cell.ts";

// Utilisation of Acme (Seren, Kalos) and Philly as published: a thousand points of each distribution. The data lies beside the project, never in it.
const DATA = path.resolve(import.meta.dirname, "../../../../shared/data");
const FILE = path.join(DATA, "acme_gpu_metric_cdfs.csv.gz");
const REFERENCE = path.join(DATA, "REFERENCE.md");
const present = existsSync(FILE) && existsSync(REFERENCE);
const STEP = 60;

/** Values of utilisation by cluster, each of the same share of GPU time. */
function published(): Map<string, number[]> {
  const out = new Map<string, number[]>();
  let last = new Map<string, number>();
  for (const line of gunzipSync(readFileSync(FILE)).toString().trim().split("\n").slice(1)) {
    const [cluster = "", metric, value, percent] = line.split(",");
    if (metric !== "gpu_util_pct") continue;
    out.set(cluster, [...(out.get(cluster) ?? []), Number(value)]);
    expect(Number(percent)).toBeGreaterThanOrEqual(last.get(cluster) ?? 0);
    last = last.set(cluster, Number(percent));
  }
  return out;
}

/** `≤ 5` and `≤ 10` of the table in REFERENCE.md, in percent. */
function reference(cluster: string): [number, number] {
  const row = readFileSync(REFERENCE, "utf8")
    .split("\n")
    .find((line) => line.startsWith(`| ${cluster} | gpu_util_pct |`));
  const cells = row?.split("|").map((c) => c.trim()) ?? [];
  return [Number(cells[4]), Number(cells[5])];
}

const sum = (cells: Cells, measure: MeasureName): number =>
  [...cells.values()].reduce((total, cell) => total + (cell[AT[measure]] as number), 0);

/** The distribution as the samples of one card, in an order that is nobody's. */
function cellsFrom(values: readonly number[]): Cells {
  const rng = new Random(7);
  const order = values.map((value) => ({ value, at: rng.next() })).sort((a, b) => a.at - b.at);
  const range = { start: 0, end: values.length * STEP };
  const steps = toSteps(
    order.map((_, i) => i * STEP),
    order.map((o) => o.value),
    order.map(() => STEP),
  );
  const slot = {
    ...{ ...range, milli: 1000, category: "Train", cardMemoryMib: null, down: [], level: "gpu" as const },
    ...{ utilisation: steps, smActive: undefined, dramActive: undefined, memoryMib: undefined },
  };
  const signals = { utilisation: steps, memoryMib: undefined, sm: undefined, dram: undefined, tensor: undefined };
  return cellsOf(classifySlot(slot, range, DEFAULT_RULES), { ...signals, power: undefined }, range, 1);
}

describe.skipIf(!present)("the published distributions of utilisation (needs ../shared/data)", () => {
  it.each(["Seren", "Kalos", "Philly"])(
    "of %s have the share of GPU-hours below 5 and 10 percent that they are known for",
    (cluster) => {
      const values = published().get(cluster) ?? [];
      expect(values.length).toBeGreaterThan(900);
      const cells = cellsFrom(values);
      const observed = sum(cells, "observed");
      expect(observed).toBe(values.length * STEP);
      const [five, ten] = reference(cluster);
      for (const [limit, measure, expected] of [
        [5, "below5", five],
        [10, "below10", ten],
      ] as const) {
        // The table counts values at the limit, cells do not.
        const at = (100 * values.filter((v) => v === limit).length) / values.length;
        const share = (100 * sum(cells, measure)) / observed;
        // To one point of the published curve.
        expect(Math.abs(share + at - expected)).toBeLessThanOrEqual(100 / values.length);
      }
    },
  );
});
