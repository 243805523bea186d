import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { listActs } from "@/lib/auth/audit-store.ts";
import { chargeDue } from "@/lib/charges/run.ts";
import { ctxOf, GPU_HOUR, meterDay, seedInventory, seedPrice } from "@/lib/charges/testing-ledger.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { previewAct } from "@/lib/previews/rule-act.ts";
import { changeRules } from "./rule-changes.ts";
import { listRules } from "./rule-store.ts";
import { archiveTeam, changeTeam, createTeam, restoreTeam } from "./team-changes.ts";
import { listTeams } from "./team-store.ts";
import { PLATFORM_TEAM, UNASSIGNED_TEAM } from "./types.ts";

const options = { currency: "USD", billingTimeZone: "UTC" };
const held = (workloadKey: number, hours: number) => ({
  hardwareKey: 1,
  workloadKey,
  activeMilli: hours * GPU_HOUR,
  observedMilli: hours * GPU_HOUR,
});
const ruleFor = (teamKey: number, pattern: string, fromDay: number) => ({
  kind: "project" as const,
  pattern,
  teamKey,
  fromDay,
});
const november = { from: 20261101, until: 20261201 };

describe.each(engines)("teams and rules on $name", (engine) => {
  let store: TestDb;
  let ctx: Ctx;
  beforeEach(async () => {
    if (isAbsent(engine)) return;
    store = (await engine.open()) as TestDb;
    ctx = ctxOf(store.db);
    await seedInventory(store.db);
  });
  afterEach(() => (isAbsent(engine) ? undefined : store.drop()));

  const totals = async () => {
    const rows = await store.db.all<{ day: number; team: number; micros: number }>(
      sql`select day, team_key as team, cast(sum(amount_micros) as bigint) as micros from team_days group by day, team_key order by day, team_key`,
    );
    return rows.map((r) => [r.day, r.team, r.micros / 1e6]);
  };

  it.skipIf(isAbsent(engine))("move a project from its day on, with history kept and every act on record", async () => {
    const { db } = store;
    await seedPrice(db, "H100", 1_000_000_000, 20261001);
    for (const day of [20261101, 20261102, 20261103]) await meterDay(db, day, [held(1, 10), held(3, 2)]);
    await chargeDue(ctx, options);
    const vision = await createTeam(ctx, { name: " Vision ", costCentre: "CC-7" }, "new");
    const labs = await createTeam(ctx, { name: "Labs" });
    expect(vision).toMatchObject({ name: "Vision", costCentre: "CC-7", glAccount: "", archivedAt: null });

    const act = { act: "add" as const, rule: ruleFor(vision.key, "vis*", 20261102) };
    const preview = await previewAct(ctx, act, november, "UTC");
    expect(preview.moves).toMatchObject([
      {
        from: UNASSIGNED_TEAM,
        to: vision.key,
        project: "vision",
        work: { workloads: 1, gpuMilli: 20 * GPU_HOUR, amountMicros: 20e6 },
      },
    ]);
    expect(preview.unassigned.before.amountMicros).toBe(36e6);
    expect(preview.unassigned.after.amountMicros).toBe(16e6);
    expect(await listRules(db)).toEqual([]);

    const { after } = await changeRules(ctx, act);
    expect(await chargeDue(ctx, options)).toBe(2);
    const unmoved = [20261101, 2, 12];
    expect(await totals()).toEqual([
      unmoved,
      [20261102, 2, 2],
      [20261102, vision.key, 10],
      [20261103, 2, 2],
      [20261103, vision.key, 10],
    ]);

    await changeRules(
      ctx,
      { act: "change", id: after?.id ?? "", rule: ruleFor(labs.key, "vision", 20261103) },
      "moved",
    );
    expect(await chargeDue(ctx, options)).toBe(1);
    expect(await totals()).toEqual([
      unmoved,
      [20261102, 2, 2],
      [20261102, vision.key, 10],
      [20261103, 2, 2],
      [20261103, labs.key, 10],
    ]);
    expect(await listRules(db)).toMatchObject([
      { position: 1, fromDay: 20261102, untilDay: 20261103, teamKey: vision.key },
      { position: 2, fromDay: 20261103, untilDay: null, teamKey: labs.key },
    ]);
    const acts = await listActs(db, 10, "team");
    expect(acts.map((a) => [a.action, a.subject.replace(/rule\/.*/, "rule/…"), a.reason])).toEqual(
      expect.arrayContaining([
        ["teams.edit", `team/${labs.key}/rule/…`, "moved"],
        ["teams.edit", `team/${vision.key}/rule/…`, ""],
        ["teams.edit", `team/${vision.key}`, "new"],
      ]),
    );
    expect(acts).toHaveLength(4);
  });

  it.skipIf(isAbsent(engine))("move and end rules, past ones staying where they were", async () => {
    const { db } = store;
    const a = await createTeam(ctx, { name: "A" });
    const b = await createTeam(ctx, { name: "B" });
    const first = await changeRules(ctx, { act: "add", rule: ruleFor(a.key, "*", 20261101) });
    const second = await changeRules(ctx, { act: "add", rule: ruleFor(b.key, "vision", 20261101) });
    const ids = [first.after?.id ?? "", second.after?.id ?? ""];
    await changeRules(ctx, { act: "move", id: ids[1] ?? "", before: ids[0] ?? "", fromDay: 20261105 });
    expect((await listRules(db)).map((r) => [r.position, r.teamKey, r.pattern, r.fromDay, r.untilDay])).toEqual([
      [1, b.key, "vision", 20261105, null],
      [2, a.key, "*", 20261101, null],
      [3, b.key, "vision", 20261101, 20261105],
    ]);
    await expect(archiveTeam(ctx, a.key, 20261110)).rejects.toThrow("1 rule gives work to A: end it first.");
    await changeRules(ctx, { act: "end", id: ids[0] ?? "", untilDay: 20261110 });
    expect(await archiveTeam(ctx, a.key, 20261110)).toMatchObject({ archivedAt: ctx.now() });
    await expect(changeRules(ctx, { act: "add", rule: ruleFor(a.key, "*", 20261101) })).rejects.toThrow(
      "A is archived: restore it before a rule assigns work to it.",
    );
    expect(await restoreTeam(ctx, a.key)).toMatchObject({ archivedAt: null });
  });

  it.skipIf(isAbsent(engine))("refuse what cannot be, and say why", async () => {
    const { key } = await createTeam(ctx, { name: "Vision" });
    const teams = await listTeams(store.db);
    expect(teams.map((t) => t.name)).toEqual(["Platform", "Unassigned", "Vision"]);
    const rule = ruleFor(key, "vision", 20261101);
    const cases: [() => Promise<unknown>, string][] = [
      [() => createTeam(ctx, { name: "  " }), "A team needs a name."],
      [() => createTeam(ctx, { name: "vision" }), "There is a team Vision already."],
      [() => createTeam(ctx, { name: "PLATFORM" }), "There is a team Platform already."],
      [() => createTeam(ctx, { name: "a\u0007b" }), "The team's name holds a control character."],
      [() => changeTeam(ctx, PLATFORM_TEAM, { name: "Infra" }), "Platform keeps its name: every ledger has it."],
      [() => archiveTeam(ctx, UNASSIGNED_TEAM, 20261101), "Unassigned cannot be archived: every ledger has it."],
      [() => changeTeam(ctx, 99, { name: "X" }), "There is no team 99."],
      [
        () => changeRules(ctx, { act: "add", rule: { ...rule, pattern: " " } }),
        "The pattern is empty: write a name, or * for everything that has one.",
      ],
      [
        () => changeRules(ctx, { act: "add", rule: { ...rule, untilDay: 20261101 } }),
        "The rule ends before it begins: the day that it ends on must come later.",
      ],
      [() => changeRules(ctx, { act: "add", rule: { ...rule, teamKey: 99 } }), "There is no team 99."],
      [
        () => changeRules(ctx, { act: "add", rule: { ...rule, teamKey: UNASSIGNED_TEAM } }),
        "Unassigned is what no rule matches: choose a team.",
      ],
      [() => changeRules(ctx, { act: "add", rule: { ...rule, clusterId: "c9" } }), "There is no cluster c9."],
      [
        () => changeRules(ctx, { act: "add", rule: { ...rule, kind: "label" } }),
        "Which label? Name its key, such as ai-finops.io/team.",
      ],
      [
        () => changeRules(ctx, { act: "add", rule: { ...rule, kind: "label", label: "no key!" } }),
        `"no key!" is not the key of a label: write it as ai-finops.io/team.`,
      ],
      [
        () => changeRules({ ...ctx, viewer: { ...ctx.viewer, roles: [] } }, { act: "add", rule }),
        "You may not change teams and their rules: that needs the role admin or finance. Ask an administrator.",
      ],
    ];
    for (const [act, message] of cases) await expect(act()).rejects.toThrow(message);
    expect(await changeTeam(ctx, PLATFORM_TEAM, { name: "Platform", costCentre: "CC-1" })).toMatchObject({
      costCentre: "CC-1",
    });
    expect(await listRules(store.db)).toEqual([]);
  });
});
