import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as t from "@/db/schema/index.ts";
import { engines, type TestDb } from "@/db/testing.ts";
import { listClusters, listWorkloadChoices } from "@/lib/reports/read/choices.ts";
import { totalMilli as totalOf } from "@/lib/reports/read/measures.ts";
import { parseInstant } from "@/lib/time.ts";
import { searchEverything } from "./find/search.ts";
import { loadFleet } from "./fleet.ts";
import { loadIdleNow } from "./idle.ts";
import { loadOverview } from "./overview.ts";
import { findProject } from "./project.ts";
import { loadProjects } from "./projects.ts";
import { type GapSort, listGapCauses, loadGaps, loadSyncState } from "./sync-state.ts";
import { collect, ctxOf, fill, HOUR_MILLI, NOW, oneProject } from "./testing.ts";
import { findWorkload } from "./workload.ts";
import { eachWorkload, isPlaceIn, loadWorkloads, type WorkloadPlace, type WorkloadsInput } from "./workloads.ts";

const at = (text: string) => parseInstant(text) as number;
const month = { start: at("2026-03-01T00:00:00Z"), end: at("2026-04-01T00:00:00Z") };
const today = { start: at("2026-03-10T00:00:00Z"), end: at("2026-03-11T00:00:00Z") };
const list: WorkloadsInput = { period: month, zone: "UTC", sort: "gpu-hours", descending: true, limit: 50, offset: 0 };

for (const engine of engines)
  describe(engine.name, () => {
    let opened: TestDb | null;
    beforeAll(async () => {
      opened = await engine.open();
      if (opened) await fill(opened.db);
    });
    afterAll(() => opened?.drop());
    const test = (name: string, body: (db: TestDb["db"]) => Promise<void>) =>
      it(name, async ({ skip }) => (opened ? body(opened.db) : skip("this engine is not tested here")));

    test("the classes of the overview add up to its capacity, by span and in all", async (db) => {
      for (const period of [month, today]) {
        const overview = await loadOverview(ctxOf(db), { period, zone: "UTC" });
        expect(overview.capacityMilli).toBe(18 * HOUR_MILLI);
        expect(totalOf(overview.total.classes)).toBe(overview.capacityMilli);
        for (const p of overview.points) expect(totalOf(p.total.classes)).toBe(p.capacityMilli ?? 0);
        expect(overview.points.reduce((sum, p) => sum + p.total.allocatedMilli, 0)).toBe(overview.total.allocatedMilli);
        expect(overview.projects.reduce((sum, p) => sum + p.allocatedMilli, 0)).toBe(overview.total.allocatedMilli);
      }
    });

    test("a period that is not metered has no capacity: unknown, not zero", async (db) => {
      const before = { start: at("2026-02-01T00:00:00Z"), end: at("2026-03-01T00:00:00Z") };
      const overview = await loadOverview(ctxOf(db), { period: before, zone: "UTC" });
      expect([overview.capacityMilli, overview.throughAt, overview.total.coveragePercent]).toEqual([null, null, null]);
      expect(overview.points.every((p) => p.capacityMilli === null)).toBe(true);
      const part = await loadOverview(ctxOf(db), { period: month, zone: "UTC" });
      expect(part.points[0]?.capacityMilli).toBeNull();
    });

    test("what nobody holds is not allocated, also while it is down", async (db) => {
      const { total } = await loadOverview(ctxOf(db), { period: month, zone: "UTC" });
      expect(total.allocatedMilli).toBe(12 * HOUR_MILLI);
      expect(total.classes.down).toBe(3 * HOUR_MILLI);
      expect(total.expectedMilli).toBe(12 * HOUR_MILLI);
    });

    test("utilisation is the mean over what was observed; no sample is unknown, not zero", async (db) => {
      const overview = await loadOverview(ctxOf(db), { period: month, zone: "UTC" });
      expect(overview.total.utilisationPercent).toBe(40);
      expect(overview.total.coveragePercent).toBe(50);
      const { rows } = await loadWorkloads(ctxOf(db), { ...list, cluster: "c2" });
      expect(rows.map((r) => [r.name, r.utilisationPercent, r.coveragePercent])).toEqual([["elsewhere", null, 0]]);
    });

    test("hours are drawn for a day, days for a month, and nothing beyond now", async (db) => {
      const day = await loadOverview(ctxOf(db), { period: today, zone: "UTC", clockZone: "Europe/Berlin" });
      expect(day.points).toHaveLength(12);
      expect(day.points.at(-1)?.label).toBe("2026-03-10 12:00");
      const whole = await loadOverview(ctxOf(db), { period: month, zone: "UTC" });
      expect(whole.points.map((p) => p.label).at(-1)).toBe("2026-03-10");
    });

    test("a viewer of one project sees that project and no capacity", async (db) => {
      const ctx = ctxOf(db, oneProject);
      const overview = await loadOverview(ctx, { period: month, zone: "UTC" });
      expect(overview.capacityMilli).toBeNull();
      expect([overview.fromAt, overview.throughAt]).toEqual([NOW - 3 * 3600, NOW]);
      expect(overview.total.allocatedMilli).toBe(9 * HOUR_MILLI);
      expect(overview.total.classes.unallocated).toBe(0);
      expect((await loadIdleNow(ctx, { cluster: undefined, mine: false })).now).toEqual([]);
      expect((await loadWorkloads(ctx, list)).rows.map((r) => r.key)).toEqual([1, 3]);
      expect((await loadWorkloads(ctx, { ...list, sort: "name" })).count).toBe(2);
      expect(await findWorkload(ctx, "2", { period: month, zone: "UTC" })).toBeNull();
      expect(await findProject(ctx, 2, { period: month, zone: "UTC" })).toBeNull();
      expect((await listWorkloadChoices(ctx)).users).toEqual(["user1@example.org", "user3@example.org"]);
      expect(await searchEverything(ctx, "notebook")).toEqual([]);
      expect((await listClusters(ctx)).map((c) => c.id)).toEqual(["c1"]);
      const slots = (await loadFleet(ctx, {})).nodes[0]?.slots;
      expect(slots?.map((s) => [s.workload, s.user, s.workloadKey])).toEqual([["train 100%", "user1@example.org", 1]]);
    });

    test("what idles now is named, with since when", async (db) => {
      const { now } = await loadIdleNow(ctxOf(db), { cluster: undefined, mine: false });
      expect(now).toMatchObject([
        { key: 2, milli: 1000, project: "project 2", class: "dead-idle", sinceAt: NOW - 3 * 3600, hourMicros: null },
      ]);
    });

    test("of a period that begins within a day, lists count that part of the day, as the totals do", async (db) => {
      const period = { start: NOW - 3600, end: at("2026-03-11T00:00:00Z") };
      const { total } = await loadOverview(ctxOf(db), { period, zone: "UTC" });
      expect(total.allocatedMilli).toBe(4 * HOUR_MILLI);
      for (const sort of ["gpu-hours", "name"] as const) {
        const { rows } = await loadWorkloads(ctxOf(db), { ...list, period, sort });
        expect(rows.reduce((sum, r) => sum + r.allocatedMilli, 0)).toBe(total.allocatedMilli);
      }
    });

    test("a project's sums are its workloads' sums", async (db) => {
      const projects = await loadProjects(ctxOf(db), { period: month });
      for (const p of projects) {
        const { rows } = await loadWorkloads(ctxOf(db), { ...list, project: p.key });
        expect(rows.reduce((sum, r) => sum + r.allocatedMilli, 0)).toBe(p.allocatedMilli);
        const detail = await findProject(ctxOf(db), p.key, { period: month, zone: "UTC" });
        expect(detail?.total.allocatedMilli).toBe(p.allocatedMilli);
        // Three hours of the month are metered: the mean is over these.
        expect(p.heldMilli).toBe(Math.round(p.allocatedMilli / (3 * 3600)));
        expect(Math.round(detail?.heldMilli ?? 0)).toBe(p.heldMilli);
      }
      expect(projects.map((p) => p.quotaMilli)).toEqual([4000, null]);
    });

    test("every order lists every workload once, page by page", async (db) => {
      for (const sort of [
        "gpu-hours",
        "idle",
        "active",
        "utilisation",
        "coverage",
        "name",
        "project",
        "user",
        "phase",
        "created",
      ] as const)
        for (const descending of [true, false]) {
          const keys: number[] = [];
          for (const offset of [0, 1, 2]) {
            const { rows, count } = await loadWorkloads(ctxOf(db), { ...list, sort, descending, limit: 1, offset });
            expect(count).toBe(3);
            keys.push(...rows.map((r) => r.key));
          }
          expect([...keys].sort()).toEqual([1, 2, 3]);
          // By place the pages are the same, also through JSON, as a cursor is.
          const read: number[] = [];
          for (let after: WorkloadPlace | undefined; read.length < 4; ) {
            const page = await loadWorkloads(ctxOf(db), { ...list, sort, descending, limit: 2, after });
            read.push(...page.rows.map((r) => r.key));
            const last = page.places.at(-1);
            if (!last || page.rows.length < 2) break;
            expect(isPlaceIn(sort, last)).toBe(true);
            after = JSON.parse(JSON.stringify(last));
          }
          expect(read).toEqual(keys);
          const all = await collect(eachWorkload(ctxOf(db), { ...list, sort, descending }));
          expect(all.map((r) => r.key)).toEqual(keys);
          expect(all).toEqual((await loadWorkloads(ctxOf(db), { ...list, sort, descending })).rows);
          if (sort === "utilisation") expect(keys.at(-1)).toBe(3);
        }
    });

    test("filters and search narrow; wildcards are taken literally", async (db) => {
      const keys = async (more: Partial<WorkloadsInput>) =>
        (await loadWorkloads(ctxOf(db), { ...list, ...more })).rows.map((r) => r.key);
      expect(await keys({ search: "100%" })).toEqual([1]);
      expect(await keys({ search: "IDLE_" })).toEqual([2]);
      expect(await keys({ search: "%" })).toEqual([1]);
      expect(await keys({ heavy: "idle" })).toEqual([2]);
      expect(await keys({ heavy: "no-data" })).toEqual([3]);
      expect(await keys({ category: "Build" })).toEqual([2]);
      expect(await keys({ gpuModel: "A100" })).toEqual([3]);
      expect(await keys({ period: { start: NOW + 86_400, end: NOW + 2 * 86_400 } })).toEqual([]);
    });

    test("a workload's hours add up to its row in the list", async (db) => {
      for (const { key, id, allocatedMilli, classes } of (await loadWorkloads(ctxOf(db), list)).rows)
        for (const given of [String(key), id]) {
          const detail = await findWorkload(ctxOf(db), given, { period: month, zone: "UTC" });
          expect(detail?.total.allocatedMilli).toBe(allocatedMilli);
          expect(detail?.total.classes).toEqual(classes);
          expect(detail?.points.reduce((sum, p) => sum + p.total.allocatedMilli, 0)).toBe(allocatedMilli);
          expect(detail?.unit).toBe("hour");
        }
    });

    test("the fleet's slots add up, and name who holds them", async (db) => {
      const fleet = await loadFleet(ctxOf(db), {});
      expect(fleet.totalMilli).toBe(3000);
      expect(totalOf(fleet.classes)).toBe(3000);
      expect(fleet.nodes[0]?.slots[1]).toMatchObject({
        workload: "idle_notebook",
        project: "project 2",
        utilisationPercent: 0,
      });
      expect((await loadFleet(ctxOf(db), { cluster: "c2" })).nodes).toEqual([]);
    });

    test("the sync's state of an empty queue is empty, not wrong", async (db) => {
      const state = await loadSyncState(ctxOf(db));
      expect(state.health).toMatchObject({ lastRun: null, openGaps: 0, dueWindows: 0 });
      expect(state.facts).toEqual({ clusters: 2, nodes: 0, workloads: 3, pods: 0 });
      expect(await loadGaps(ctxOf(db), { limit: 5, offset: 0 })).toEqual({ rows: [], count: 0 });
    });

    test("gaps come in every order that is asked for, the newest first unless asked", async (db) => {
      const gap = { clusterId: "c1", source: "runai", status: "open", firstSeenAt: 0, nextRetryAt: 0, healedAt: null };
      await db.write((tx) =>
        tx.insert(t.gaps, [
          { ...gap, subject: "b", cause: "timeout", startAt: 100, endAt: 900, attempts: 1 },
          { ...gap, subject: "a", cause: "no series", startAt: 300, endAt: 400, attempts: 9 },
          { ...gap, subject: "c", cause: "timeout", startAt: 200, endAt: 250, attempts: 2, status: "known" },
        ]),
      );
      const page = { limit: 5, offset: 0 };
      const of = async (sort?: GapSort, descending?: boolean) =>
        (await loadGaps(ctxOf(db), { ...page, sort, descending })).rows.map((g) => g.subject).join("");
      expect(await of()).toBe("acb");
      expect([await of("from", false), await of("from", true)]).toEqual(["bca", "acb"]);
      expect([await of("length", true), await of("length", false)]).toEqual(["bac", "cab"]);
      expect([await of("asked", true), await of("about", false), await of("cause", false)]).toEqual([
        "acb",
        "abc",
        "acb",
      ]);
      expect((await loadGaps(ctxOf(db), { ...page, status: "known" })).count).toBe(1);
      expect(await listGapCauses(ctxOf(db))).toEqual(["no series", "timeout"]);
      expect(await listGapCauses(ctxOf(db, oneProject))).toEqual([]);
    });
  });
