import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RULE_KINDS, type TeamRule } from "@/lib/attribution/types.ts";
import { runs } from "@/lib/testing-runs.ts";
import { partsOf } from "./load.ts";
import { cutsOf, openProjects, previewRules, unassignedWork, type Work } from "./rule.ts";

const rule = (id: string, pattern: string, teamKey: number, more: Partial<TeamRule> = {}): TeamRule => ({
  id,
  position: Number(id),
  kind: "project",
  label: "",
  pattern,
  clusterId: "",
  teamKey,
  fromDay: 20261101,
  untilDay: null,
  ...more,
});
const work = (
  workloadKey: number,
  project: string,
  day: number,
  gpuMilli: number,
  amountMicros: number | null,
): Work => ({
  workloadKey,
  name: `job-${workloadKey}`,
  identity: { clusterId: "c1", namespace: "", project, department: "", user: "ada", labels: {} },
  day,
  gpuMilli,
  amountMicros,
});

describe("what a rule would change", () => {
  it("lists, by project, what it matches and what would change teams", () => {
    const list = [
      work(1, "vision", 20261101, 100, 5),
      work(1, "vision", 20261110, 200, 10),
      work(2, "vision", 20261110, 10, null),
      work(3, "speech", 20261101, 1, 1),
    ];
    const before = [rule("1", "speech", 11)];
    const after = [...before, rule("2", "*", 12, { fromDay: 20261110 })];
    const preview = previewRules(list, before, after, after[1] as TeamRule);
    expect(preview.matches).toEqual([
      {
        clusterId: "c1",
        project: "vision",
        work: { workloads: 2, gpuMilli: 310, amountMicros: 15, examples: ["job-1", "job-2"] },
        taken: { workloads: 0, gpuMilli: 0, amountMicros: null, examples: [] },
      },
      {
        clusterId: "c1",
        project: "speech",
        work: { workloads: 1, gpuMilli: 1, amountMicros: 1, examples: ["job-3"] },
        taken: { workloads: 1, gpuMilli: 1, amountMicros: 1, examples: ["job-3"] },
      },
    ]);
    expect(preview.moves).toEqual([
      {
        clusterId: "c1",
        project: "vision",
        from: 2,
        to: 12,
        work: { workloads: 2, gpuMilli: 210, amountMicros: 10, examples: ["job-1", "job-2"] },
      },
    ]);
    expect([preview.unassigned.before.gpuMilli, preview.unassigned.after.gpuMilli]).toEqual([310, 100]);
  });

  it("cuts days where any rule begins or ends, and nowhere else", () => {
    const cuts = cutsOf([rule("1", "*", 11, { fromDay: 20261105, untilDay: 20261120 }), rule("2", "*", 12)]);
    expect(partsOf({ from: 20261101, until: 20261201 }, cuts)).toEqual([
      { from: 20261101, until: 20261105 },
      { from: 20261105, until: 20261120 },
      { from: 20261120, until: 20261201 },
    ]);
    expect(partsOf({ from: 20261101, until: 20261102 }, cuts)).toEqual([{ from: 20261101, until: 20261102 }]);
  });
});

describe("what no rule matches", () => {
  const some = (...texts: string[]) => fc.constantFrom(...texts);
  const rules = fc.array(
    fc.record({
      kind: fc.constantFrom(...RULE_KINDS),
      pattern: some("vision", "v*", "*", "ml", "ada", "none"),
      clusterId: some("", "c1", "c2"),
      fromDay: fc.constantFrom(20261101, 20261105),
      untilDay: fc.constantFrom(null, 20261108),
    }),
    { maxLength: 5 },
  );
  const works = fc.array(
    fc.record({
      clusterId: some("c1", "c2"),
      project: some("vision", "speech", ""),
      namespace: some("", "vision", "ml"),
      user: some("ada", "bob"),
      team: some("", "ml"),
    }),
    { maxLength: 8 },
  );

  it("is the same whether all work is looked at, or only that of projects that no rule takes whole", () => {
    fc.assert(
      fc.property(rules, works, (drawnRules, drawnWorks) => {
        const list = drawnRules.map((r, i) => rule(String(i), r.pattern, 11 + i, { ...r, label: "team" }));
        const department = (project: string) => (project === "vision" ? "ml" : "");
        const days = { from: 20261101, until: 20261110 };
        const starts = partsOf(days, cutsOf(list)).map((p) => p.from);
        const all = drawnWorks.flatMap(({ team, ...w }, i) =>
          starts.map((day): Work => {
            const labels: Record<string, string> = team ? { team } : {};
            return { ...work(i, w.project, day, 1, 1), identity: { ...w, department: department(w.project), labels } };
          }),
        );
        const projects = ["c1", "c2"].flatMap((clusterId) =>
          ["vision", "speech"].map((name) => ({ clusterId, name, department: department(name) })),
        );
        const open = new Set(openProjects(projects, list, starts).map((p) => `${p.clusterId}/${p.name}`));
        const looked = all.filter(({ identity: i }) => i.project === "" || open.has(`${i.clusterId}/${i.project}`));
        expect(unassignedWork(looked, list)).toEqual(unassignedWork(all, list));
      }),
      runs(500),
    );
  });
});
