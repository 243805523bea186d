import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "@/lib/testing-runs.ts";
import { addDays } from "@/lib/time.ts";
import type { RuleAct, RuleDraft } from "./input.ts";
import { DayRules } from "./resolve.ts";
import { planRules } from "./rule-plan.ts";
import { RULE_KINDS, type TeamRule, UNASSIGNED_TEAM, type WorkloadIdentity } from "./types.ts";

const FIRST = 20261101;
const DAYS = Array.from({ length: 20 }, (_, i) => addDays(FIRST, i));
const draft = (pattern: string, teamKey: number, fromDay: number, untilDay: number | null = null): RuleDraft => ({
  kind: "project",
  label: "",
  pattern,
  clusterId: "",
  teamKey,
  fromDay,
  untilDay,
});
const add = (id: string, rule: RuleDraft, rules: readonly TeamRule[] = [], before: string | null = null) =>
  planRules(rules, { act: "add", rule, before }, id).rules;
const workOf = (project: string): WorkloadIdentity => ({
  clusterId: "c1",
  namespace: `runai-${project}`,
  project,
  department: "research",
  user: "ada",
  labels: { team: "x" },
});
/** The team of a project on each of some days. */
const teams = (rules: readonly TeamRule[], project: string, days: readonly number[]) =>
  days.map((day) => new DayRules(rules, day).team(workOf(project)));

describe("rules over time", () => {
  const vision = add("a", draft("vision", 11, 20261101));

  it("a project that moves to another team keeps its history", () => {
    const moved = planRules(vision, { act: "change", id: "a", rule: draft("vision", 12, 20261110) }, "b");
    expect(moved.rules).toMatchObject([
      { id: "a", position: 1, fromDay: 20261101, untilDay: 20261110, teamKey: 11 },
      { id: "b", position: 2, fromDay: 20261110, untilDay: null, teamKey: 12 },
    ]);
    expect(moved.fromDay).toBe(20261110);
    expect(teams(moved.rules, "vision", [20261031, 20261101, 20261109, 20261110])).toEqual([2, 11, 11, 12]);
  });

  it("a change from before its beginning replaces it: it would never have held", () => {
    const { rules, fromDay } = planRules(vision, { act: "change", id: "a", rule: draft("v*", 12, 20261001) }, "b");
    expect(rules).toMatchObject([{ id: "b", fromDay: 20261001 }]);
    expect(fromDay).toBe(20261001);
  });

  it("a new one comes last, or before the one that is named", () => {
    const two = add("b", draft("*", 12, 20261101), vision);
    expect(two.map((r) => r.id)).toEqual(["a", "b"]);
    expect(teams(two, "vision", [20261101])).toEqual([11]);
    const first = add("c", draft("*", 13, 20261105), two, "a");
    expect(first.map((r) => [r.id, r.position])).toEqual([
      ["c", 1],
      ["a", 2],
      ["b", 3],
    ]);
    expect(teams(first, "vision", [20261104, 20261105])).toEqual([11, 13]);
  });

  it("a move holds from its day on", () => {
    const two = add("b", draft("*", 12, 20261101), vision);
    const moved = planRules(two, { act: "move", id: "b", before: "a", fromDay: 20261105 }, "c");
    expect(teams(moved.rules, "vision", [20261104, 20261105])).toEqual([11, 12]);
    expect(moved.rules.map((r) => [r.id, r.fromDay, r.untilDay])).toEqual([
      ["c", 20261105, null],
      ["a", 20261101, null],
      ["b", 20261101, 20261105],
    ]);
  });

  it("one that ends holds up to the day before; one that ends before it began is no more", () => {
    const ended = planRules(vision, { act: "end", id: "a", untilDay: 20261105 }, "");
    expect(teams(ended.rules, "vision", [20261104, 20261105])).toEqual([11, 2]);
    expect(ended.fromDay).toBe(20261105);
    const gone = planRules(vision, { act: "end", id: "a", untilDay: 20261001 }, "");
    expect([gone.rules, gone.after, gone.fromDay]).toEqual([[], null, 20261101]);
  });

  it.each<[string, RuleAct, RegExp]>([
    ["an unknown rule", { act: "end", id: "x", untilDay: 20261105 }, /There is no rule x/],
    ["an unknown place", { act: "add", rule: draft("*", 12, FIRST), before: "x" }, /There is no rule x/],
    ["a place before itself", { act: "move", id: "a", before: "a", fromDay: FIRST }, /before itself/],
  ])("refuses %s", (_, act, message) => {
    expect(() => planRules(vision, act, "n")).toThrow(message);
  });

  it("refuses to change or end what has ended", () => {
    const ended = planRules(vision, { act: "end", id: "a", untilDay: 20261105 }, "").rules;
    const change: RuleAct = { act: "change", id: "a", rule: draft("vision", 12, 20261105) };
    expect(() => planRules(ended, change, "n")).toThrow(/ended on 2026-11-05: add a new one/);
    expect(() => planRules(ended, { act: "end", id: "a", untilDay: 20261105 }, "n")).toThrow(
      /ends on 2026-11-05 already/,
    );
  });
});

const texts = fc.constantFrom("vision", "speech", "v*", "*", "*ion", "ada", "research", "runai-*", "x");
const span = fc
  .tuple(fc.constantFrom(...DAYS), fc.option(fc.integer({ min: 1, max: 10 })))
  .map(([fromDay, length]) => ({ fromDay, untilDay: length === null ? null : addDays(fromDay, length) }));
const drafts = fc
  .record({
    kind: fc.constantFrom(...RULE_KINDS),
    pattern: texts,
    clusterId: fc.constantFrom("", "c1", "c2"),
    teamKey: fc.integer({ min: 11, max: 14 }),
    span,
  })
  .map(({ span: days, ...rule }) => ({ ...rule, label: rule.kind === "label" ? "team" : "", ...days }));
interface Drawn {
  readonly act: RuleAct["act"];
  readonly rule: RuleDraft;
  readonly which: number;
  readonly where: number;
}
/** Some acts, each on whatever rules there are by then. */
const acts: fc.Arbitrary<Drawn[]> = fc.array(
  fc.record({
    act: fc.constantFrom("add", "add", "change", "move", "end"),
    rule: drafts,
    which: fc.nat(),
    where: fc.nat(),
  }),
  { maxLength: 10 },
);
function actOf(rules: readonly TeamRule[], { act, rule, which, where }: Drawn): RuleAct {
  const id = rules[which % Math.max(1, rules.length)]?.id ?? "none";
  const before = rules[where % (rules.length + 1)]?.id ?? null;
  if (act === "change") return { act, id, rule };
  if (act === "move") return { act, id, before, fromDay: rule.fromDay };
  if (act === "end") return { act, id, untilDay: rule.fromDay };
  return { act: "add", rule, before };
}

const identities = fc.record({
  clusterId: fc.constantFrom("c1", "c2"),
  namespace: fc.constantFrom("runai-vision", "", "other"),
  project: fc.constantFrom("vision", "speech", ""),
  department: fc.constantFrom("research", ""),
  user: fc.constantFrom("ada", "bob", ""),
  labels: fc.constantFrom<Record<string, string>>({}, { team: "x" }, { team: "vision" }),
});

describe("any rules", () => {
  it("change nothing before the day of the act, whatever the act", () => {
    fc.assert(
      fc.property(acts, fc.array(identities, { minLength: 1, maxLength: 4 }), (drawn, works) => {
        let rules: readonly TeamRule[] = [];
        drawn.forEach((one, i) => {
          let plan: ReturnType<typeof planRules>;
          try {
            plan = planRules(rules, actOf(rules, one), `r${i}`);
          } catch {
            return;
          }
          for (const day of DAYS.filter((d) => d < plan.fromDay))
            for (const work of works)
              expect(new DayRules(plan.rules, day).team(work)).toBe(new DayRules(rules, day).team(work));
          expect(plan.rules.map((r) => r.position)).toEqual(plan.rules.map((_, n) => n + 1));
          expect(plan.rules.every((r) => r.untilDay === null || r.untilDay > r.fromDay)).toBe(true);
          rules = plan.rules;
        });
      }),
      runs(300, 1),
    );
  });

  it("give a workload one team a day: that of the first in order whose half-open days hold and that matches", () => {
    const list = fc.array(drafts, { maxLength: 8 });
    fc.assert(
      fc.property(
        list,
        identities,
        fc.constantFrom(...DAYS),
        fc.infiniteStream(fc.nat()),
        (given, work, day, random) => {
          const rules = given.map((rule, i) => ({ ...rule, id: `r${i}`, position: i + 1 }));
          const shuffled = rules
            .map((r) => ({ r, at: random.next().value as number }))
            .sort((a, b) => a.at - b.at)
            .map(({ r }) => r);
          const team = new DayRules(shuffled, day).team(work);
          const alone = rules.find((rule) => {
            const holds = rule.fromDay <= day && (rule.untilDay === null || day < rule.untilDay);
            return holds && new DayRules([rule], day).find(work) !== null;
          });
          expect(team).toBe(alone?.teamKey ?? UNASSIGNED_TEAM);
          for (const rule of rules)
            if (rule.untilDay !== null) {
              const only = [{ ...rule, clusterId: "", kind: "user" as const, pattern: "*", label: "" }];
              const at = (d: number) => new DayRules(only, d).team({ ...work, user: "ada" });
              expect([at(rule.fromDay), at(addDays(rule.untilDay, -1)), at(rule.untilDay)]).toEqual([
                rule.teamKey,
                rule.teamKey,
                UNASSIGNED_TEAM,
              ]);
            }
        },
      ),
      runs(300, 2),
    );
  });
});
