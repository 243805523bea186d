import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { precisionOf, recallOf, scoreTable } from "@/lib/insights/measured/score.ts";
import { SEEDS } from "@/simulator/corpus/cases.ts";
import { measureRules } from "./corpus.ts";

describe("the rules of findings on labelled workloads", () => {
  const measured = measureRules("test");

  it("are measured on seeds that no threshold was chosen by", () => {
    expect(SEEDS.test.filter((seed) => (SEEDS.tuning as readonly number[]).includes(seed))).toEqual([]);
    expect(measured.cases).toBeGreaterThan(600);
  });

  it("are right in 95 of 100 findings, and find 90 of 100 cases, each", () => {
    expect(measured.rules.length).toBeGreaterThanOrEqual(24);
    for (const score of measured.rules) {
      expect([score.detector, (precisionOf(score) ?? 0) >= 0.95]).toEqual([score.detector, true]);
      expect([score.detector, (recallOf(score) ?? 0) >= 0.9]).toEqual([score.detector, true]);
    }
  });

  it("are described with these very figures", () => {
    const docs = readFileSync(path.resolve(import.meta.dirname, "../docs/findings.md"), "utf8");
    expect(docs).toContain(scoreTable(measured.rules));
    expect(docs).toContain(scoreTable(measured.others));
  });
});
