import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "@/lib/testing-runs.ts";
import { DayRules, patternTest } from "./resolve.ts";
import type { TeamRule, WorkloadIdentity } from "./types.ts";

const rule = (id: string, given: Partial<TeamRule>): TeamRule => ({
  id,
  position: Number(id),
  kind: "project",
  label: "",
  pattern: "*",
  clusterId: "",
  teamKey: 10 + Number(id),
  fromDay: 20260101,
  untilDay: null,
  ...given,
});
const work: WorkloadIdentity = {
  clusterId: "c1",
  namespace: "runai-vision",
  project: "Vision",
  department: "research",
  user: "ada@acme.io",
  labels: { "ai-finops.io/team": "search" },
};
const team = (rules: TeamRule[], day = 20261001, identity = work) => new DayRules(rules, day).team(identity);

describe("patterns", () => {
  it.each([
    ["runai-*", "runai-vision", true],
    ["*vision", "runai-vision", true],
    ["runai-vision", "runai-vision-2", false],
    ["a.c", "abc", false],
    ["VISION", "vision", true],
    ["*", "anything", true],
    ["a*b*c", "a--b--c", true],
  ])("%s on %s: %s", (pattern, text, expected) => {
    expect(patternTest(pattern)(text)).toBe(expected);
  });

  it("match what the same regular expression does", () => {
    const letters = (alphabet: string) => fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 8 });
    fc.assert(
      fc.property(letters("ab*"), letters("abAB"), (pattern, text) => {
        const expected = new RegExp(`^${pattern.replaceAll("*", ".*")}$`, "i").test(text);
        expect(patternTest(pattern)(text)).toBe(expected);
      }),
      runs(2000),
    );
  });

  it("answer at once, whatever the pattern: a regular expression would not end", () => {
    expect(patternTest(`${"*a".repeat(100)}b`)("a".repeat(250))).toBe(false);
  });
});

describe("the team of a workload", () => {
  it("is that of the first rule in order that matches", () => {
    const byLabel = rule("2", { kind: "label", label: "ai-finops.io/team", pattern: "search" });
    const byProject = rule("1", { pattern: "vision" });
    expect(team([byLabel, byProject])).toBe(11);
    expect(team([byLabel, { ...byProject, position: 3 }])).toBe(12);
  });

  it.each<[string, Partial<TeamRule>, number]>([
    ["namespace", { kind: "namespace", pattern: "runai-*" }, 11],
    ["department", { kind: "department", pattern: "research" }, 11],
    ["user", { kind: "user", pattern: "*@acme.io" }, 11],
    ["a label that is not there", { kind: "label", label: "team", pattern: "*" }, 2],
    ["another cluster", { pattern: "*", clusterId: "c2" }, 2],
    ["its own cluster", { pattern: "*", clusterId: "c1" }, 11],
    ["before its day", { fromDay: 20261002 }, 2],
    ["on its day", { fromDay: 20261001 }, 11],
    ["on its last day", { untilDay: 20261002 }, 11],
    ["after its last day", { untilDay: 20261001 }, 2],
  ])("%s", (_, given, expected) => {
    expect(team([rule("1", given)])).toBe(expected);
  });

  it("is Unassigned where no rule matches, also where there is nothing to match", () => {
    expect(team([])).toBe(2);
    expect(team([rule("1", { kind: "department", pattern: "*" })], 20261001, { ...work, department: "" })).toBe(2);
  });
});

describe("a rule by a label that is called like what every object has", () => {
  it.each(["constructor", "toString", "valueOf", "__proto__", "hasOwnProperty"])(
    "%s matches nothing that has no such label",
    (label) => {
      const rules = [rule("1", { kind: "label", label, pattern: "*" }), rule("2", { kind: "user", pattern: "*" })];
      expect(team(rules)).toBe(12);
      const labels = Object.fromEntries([[label, "search"]]);
      if (label !== "__proto__") expect(team(rules, 20261001, { ...work, labels })).toBe(11);
    },
  );
});
