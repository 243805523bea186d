import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { projects, sharePolicies, teamRules, teams, workloads } from "@/db/schema/index.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { auditPeriod } from "@/lib/closing/audit.ts";
import { closePeriod, previewClose } from "@/lib/closing/close.ts";
import { charge, free, held, SETTINGS, seedOctober } from "@/lib/closing/testing-close.ts";
import { previewAct } from "@/lib/previews/rule-act.ts";
import type { ProjectFact, WorkloadFact } from "@/lib/sources/source.ts";
import { saveProjects, saveWorkloads } from "@/lib/sync/facts/inventory-store.ts";
import { dateOf, dayKey, dayOfKey, type Instant } from "@/lib/time.ts";
import { loadPlaces, projectsOn } from "./day-load.ts";
import { forgetCharged } from "./due-store.ts";
import { ctxOf, meterDay, seedPrice } from "./testing-ledger.ts";

/** Noon of a day of this ledger, which begins on 29 October. */
const noon = (day: number): Instant => dayOfKey(day, "UTC").start + 12 * 3600;
const RESEARCH = new Map([
  ["c1/d", "research"],
  ["c1/e", "products"],
]);
const VISION: ProjectFact = {
  clusterId: "c1",
  id: "p-1",
  name: "vision",
  departmentId: "d",
  namespace: "runai-vision",
  quotaMilli: { default: 4000 },
};

const SPEECH = { ...VISION, id: "p-2", name: "speech", namespace: "runai-speech" };
const RULE = { kind: "department", label: "", pattern: "product*", clusterId: "" } as const;

describe.each(engines)("what a source reports differently, on $name", (engine) => {
  let store: TestDb;
  beforeEach(async () => {
    if (!isAbsent(engine)) store = (await engine.open()) as TestDb;
  });
  afterEach(() => (isAbsent(engine) ? undefined : store.drop()));

  /** October, as a sync of long ago reported it. */
  const seed = async () => {
    await seedOctober(store.db);
    for (const table of [projects, workloads])
      await store.db.write((tx) => tx.run(sql`update ${table} set last_seen_at = 0`));
    // The seed gives keys by itself, of which a sequence knows nothing.
    if (store.db.dialect === "postgres")
      await store.db.all(sql`select setval(pg_get_serial_sequence('projects', 'key'), 100)`);
  };
  /** As a sync does: what it learns, and from when on days are due because of it. */
  const report = (fact: ProjectFact, at: Instant, others: readonly ProjectFact[] = [SPEECH, VISION]) =>
    store.db.write(async (tx) => {
      const since = await saveProjects(tx, [...others, fact], RESEARCH, at);
      if (since !== null) await forgetCharged(tx, dayKey(dateOf(since, "UTC")));
      return since;
    });
  const teamOf = async (workload: number) => {
    const rows = await store.db.all<{ day: number; team: number }>(sql`select day, team_key as team from charges
      where workload_key = ${workload} and sku = 'gpu' group by day, team_key order by day`);
    return rows.map(({ day, team }) => [day, team]);
  };
  /** As if every price had changed: all days are made again. */
  const chargeAll = async () => {
    await store.db.write((tx) => forgetCharged(tx, 20200101));
    await charge(store.db);
  };
  const closeOctober = async () => {
    const { items } = await previewClose(ctxOf(store.db), SETTINGS, "2026-10");
    const overrides = items.filter((i) => i.weight === "may").map((i) => ({ item: i.key, reason: "for the test" }));
    await closePeriod(ctxOf(store.db), SETTINGS, { period: "2026-10", overrides });
  };
  /** Vision's rule looks at departments instead. */
  const byDepartment = async () => {
    await store.db.write(async (tx) => {
      await tx.run(sql`update ${teamRules} set kind = 'department', pattern = 'research' where id = 'rule-11'`);
      await tx.insert(teams, [
        { key: 12, name: "Products", costCentre: "CC-12", glAccount: "6100", owner: "", createdAt: 0 },
      ]);
      const rule = { id: "rule-12", position: 12, kind: "department", label: "", pattern: "products", clusterId: "" };
      await tx.insert(teamRules, [{ ...rule, teamKey: 12, fromDay: 20200101, createdBy: "seed", createdAt: 0 }]);
    });
    await chargeAll();
  };

  it.skipIf(isAbsent(engine))("a project that moves to another department keeps its history", async () => {
    await seed();
    await byDepartment();
    expect(await teamOf(1)).toEqual([20261029, 20261030, 20261031, 20261101].map((day) => [day, 11]));
    await closeOctober();
    expect(await report({ ...VISION, departmentId: "e" }, noon(20261101))).toBe(noon(20261101));
    await charge(store.db);
    const moved = [
      [20261029, 11],
      [20261030, 11],
      [20261031, 11],
      [20261101, 12],
    ];
    expect(await teamOf(1)).toEqual(moved);
    await chargeAll();
    expect(await teamOf(1)).toEqual(moved);
    expect(await store.db.all(sql`select * from corrections`)).toEqual([]);
    for (const period of ["2026-10", "2026-11"])
      expect((await auditPeriod(ctxOf(store.db), SETTINGS, period)).faults).toEqual([]);
    // A preview knows, too, what the project was on each day: a rule that changes nothing moves nothing.
    const act = { act: "change", id: "rule-12", rule: { ...RULE, teamKey: 12, fromDay: 20200101 } } as const;
    const days = { from: 20261029, until: 20261102 };
    const preview = await previewAct(ctxOf(store.db), act, days, "UTC");
    expect(preview.moves).toEqual([]);
    expect(preview.matches.map((m) => [m.project, m.work.gpuMilli / 3_600_000])).toEqual([["vision", 24]]);
  });

  it.skipIf(isAbsent(engine))("hours of closed days in a preview are those that were charged", async () => {
    await seed();
    await chargeAll();
    const act = {
      act: "change",
      id: "rule-11",
      rule: { ...RULE, teamKey: 11, pattern: "research", fromDay: 20200101 },
    } as const;
    const days = { from: 20261029, until: 20261102 };
    const before = await previewAct(ctxOf(store.db), act, days, "UTC");
    await closeOctober();
    // Six more hours turn up on a closed day and on an open one: only those of the open day have their cost beside them.
    await meterDay(store.db, 20261031, [held(1, 14, 2), held(3, 2), free(8)]);
    await meterDay(store.db, 20261101, [held(1, 14, 2), held(3, 2), free(8)]);
    await charge(store.db);
    const perHour = ({ matches }: typeof before) =>
      matches.map((m) => (m.work.amountMicros ?? 0) / (m.work.gpuMilli / 3_600_000));
    const after = await previewAct(ctxOf(store.db), act, days, "UTC");
    expect(perHour(before)).toEqual(perHour(after));
    expect(after.matches[0]?.work.gpuMilli).not.toBe(before.matches[0]?.work.gpuMilli);
  });

  it.skipIf(isAbsent(engine))("a quota that is raised leaves days before it as they were shared", async () => {
    await seed();
    await store.db.write(async (tx) => {
      await tx.run(sql`update ${projects} set quota = '{"default":4000}'`);
      const policy = { clusterId: "", costClass: "unallocated", method: "quota", fromDay: 20200101 };
      await tx.insert(sharePolicies, [{ ...policy, decidedBy: "seed", decidedAt: 0 }]);
    });
    await chargeAll();
    const shares = () =>
      store.db.all(sql`select day, team_key as team, amount_micros as micros from shares order by day, team_key`);
    const before = await shares();
    expect(before.length).toBeGreaterThan(3);
    await closeOctober();
    expect(await report({ ...VISION, quotaMilli: { default: 8000 } }, noon(20261101))).toBe(noon(20261101));
    await chargeAll();
    expect(await shares()).toEqual(before);
    expect(await store.db.all(sql`select * from corrections`)).toEqual([]);
    expect((await auditPeriod(ctxOf(store.db), SETTINGS, "2026-10")).faults).toEqual([]);
  });

  it.skipIf(isAbsent(engine))(
    "a project that is made later had no quota before; one that is learned always was",
    async () => {
      await seed();
      await store.db.write(async (tx) => {
        const policy = { clusterId: "", costClass: "unallocated", method: "quota", fromDay: 20200101 };
        await tx.insert(sharePolicies, [{ ...policy, decidedBy: "seed", decidedAt: 0 }]);
      });
      await chargeAll();
      await closeOctober();
      const shares = () =>
        store.db.all(sql`select day, team_key as team, amount_micros as micros from shares order by 1, 2`);
      const before = await shares();
      const made = { ...VISION, id: "p-9", name: "robots", namespace: "runai-robots", quotaMilli: { default: 90_000 } };
      expect(await report(made, noon(20261105))).toBe(noon(20261105));
      await chargeAll();
      expect(await shares()).toEqual(before);
      expect(await store.db.all(sql`select * from corrections`)).toEqual([]);
      expect((await auditPeriod(ctxOf(store.db), SETTINGS, "2026-10")).faults).toEqual([]);
      await store.db.write((tx) => tx.run(sql`update ${projects} set department_name = '' where key = 1`));
      expect(await report(VISION, noon(20261106))).toBe(0);
      const former = await store.db.all<{ facts: string }>(sql`select facts from former_facts where key = 1`);
      expect(former).toEqual([]);
      // Pools in another order are the same quota.
      const pools = (names: string[]) => ({ ...VISION, quotaMilli: Object.fromEntries(names.map((n) => [n, 1000])) });
      await report(pools(["a", "b"]), noon(20261107));
      expect(await report(pools(["b", "a"]), noon(20261108))).toBe(null);
    },
  );

  it.skipIf(isAbsent(engine))(
    "a project that is gone has no quota from then on, and keeps that of before",
    async () => {
      await seed();
      expect(await report(VISION, noon(20261101), [])).toBe(noon(20261101));
      const quota = async (day: number) =>
        projectsOn(await loadPlaces(store.db), dayOfKey(day, "UTC")).map((p) => [p.key, p.quotaMilli.default ?? 0]);
      expect(await quota(20261031)).toEqual([
        [1, 4000],
        [2, 4000],
      ]);
      expect(await quota(20261101)).toEqual([
        [1, 4000],
        [2, 0],
      ]);
      // Reported once: it is gone already. A list without any project says nothing.
      expect(await report(VISION, noon(20261102), [])).toBe(null);
      await store.db.write(async (tx) => expect(await saveProjects(tx, [], RESEARCH, noon(20261103))).toBe(null));
      expect((await quota(20261103))[0]).toEqual([1, 4000]);
    },
  );

  it.skipIf(isAbsent(engine))("the same reported again changes nothing; a name that the list lacks stays", async () => {
    await seed();
    expect(await report(VISION, noon(20261101))).toBe(null);
    await store.db.write((tx) => saveProjects(tx, [SPEECH, VISION], new Map(), noon(20261102)));
    // A sync that began before, and is slower, has older news.
    expect(await report({ ...VISION, departmentId: "e" }, noon(20261101))).toBe(null);
    expect(await store.db.all(sql`select * from former_facts`)).toEqual([]);
    expect(await store.db.find(sql`select department_name as name from projects where key = 1`)).toEqual({
      name: "research",
    });
  });

  it.skipIf(isAbsent(engine))(
    "a workload that may be pre-empted from a day on has the spot price from then on; one of which it is learned, always",
    async () => {
      await seed();
      await seedPrice(store.db, "H100", 1_000_000_000, 20260101, { priceClass: "spot" });
      await meterDay(store.db, 20261102, [held(1, 10), held(3, 2), free(12)]);
      await chargeAll();
      const facts = await workloadFacts();
      const reportWorkloads = (at: Instant, preemptible: Record<string, boolean | null>) =>
        store.db.write(async (tx) => {
          const page = facts.map((f) => ({ ...f, preemptible: preemptible[f.id] ?? null }));
          const { since } = await saveWorkloads(tx, page, at);
          if (since !== null) await forgetCharged(tx, dayKey(dateOf(since, "UTC")));
          return since;
        });
      const classes = async (workload: number) =>
        (
          await store.db.all<{ priceClass: string }>(sql`select price_class as "priceClass" from charges
            where workload_key = ${workload} and sku = 'gpu' order by day`)
        ).map((r) => r.priceClass);
      expect(await reportWorkloads(noon(20261101), { "w-1": false })).toBe(facts[0]?.createdAt);
      await charge(store.db);
      expect(await classes(1)).toEqual(["standard", "standard", "standard", "standard", "standard"]);
      expect(await reportWorkloads(noon(20261102), { "w-1": true, "w-3": true })).toBe(facts[2]?.createdAt);
      await charge(store.db);
      expect(await classes(1)).toEqual(["standard", "standard", "standard", "standard", "spot"]);
      expect(await classes(3)).toEqual(["spot", "spot", "spot", "spot"]);
      // A source that no longer reports takes nothing back.
      facts.splice(0, 3, ...facts.map((f) => ({ ...f, submittedBy: "", namespace: "" })));
      expect(await reportWorkloads(noon(20261103), {})).toBe(null);
      expect(await store.db.find(sql`select submitted_by as u from workloads where key = 1`)).toEqual({ u: "ada" });
      await chargeAll();
      expect(await classes(1)).toEqual(["standard", "standard", "standard", "standard", "spot"]);
      expect(await classes(3)).toEqual(["spot", "spot", "spot", "spot"]);
    },
  );

  /** The workloads of this ledger, as a source lists them. */
  async function workloadFacts(): Promise<WorkloadFact[]> {
    const rows = await store.db.all<{ id: string; projectId: string; namespace: string; createdAt: number }>(
      sql`select w.id, p.id as "projectId", w.namespace, w.created_at as "createdAt" from workloads w
        join projects p on p.key = w.project_key where w.key <> 0 order by w.key`,
    );
    return rows.map((row) => ({
      ...{ clusterId: "c1", name: row.id, type: "Training", category: "Train", projectName: "", departmentId: "d" },
      ...{ departmentName: "", submittedBy: "ada", phase: "Running", preemptible: null, priorityClass: "" },
      ...{ nodePool: "default", phaseUpdatedAt: null, completedAt: null, deletedAt: null, gpuRequestMilli: null },
      ...{ gpuRequestPerPodMilli: null, gpuMemoryRequestMib: null, cpuRequestMilli: null, cpuLimitMilli: null },
      ...{ cpuMemoryRequestMib: null, cpuMemoryLimitMib: null, pendingSeconds: null, runningSeconds: null, images: [] },
      ...row,
    }));
  }
});
