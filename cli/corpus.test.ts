import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { precisionOf, recallOf, scoreTable } from "@/lib/insights/measured/score.ts";
import { RULES } from "@/lib/insights/rules/index.ts";
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

  it("say of themselves what they reach", () => {
    const rounded = (part: number | null) => (part === null ? null : Math.round(part * 1000) / 1000);
    const reached = measured.rules.map((s) => [s.detector, rounded(precisionOf(s)), rounded(recallOf(s))]);
    const said = RULES.map((r) => [r.slug, r.measured?.precision, r.measured?.recall]);
    expect(said.sort()).toEqual(reached.sort());
  });

  it("are described with these very figures", () => {
    const docs = readFileSync(path.resolve(import.meta.dirname, "../docs/findings.md"), "utf8");
    expect(docs).toContain(scoreTable(measured.rules));
    expect(docs).toContain(scoreTable(measured.others));
  });
});
