import { afterAll, beforeAll, expect, it } from "vitest";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import { listActs } from "@/lib/auth/audit-store.ts";
import { seedPrice, seedTeam } from "@/lib/charges/testing-ledger.ts";
import { jobViewer, type Viewer } from "@/lib/ctx.ts";
import { dismissAdvice, restoreAdvice } from "@/lib/insights/rightsizing/dismiss.ts";
import { recordSaving, withdrawSaving } from "@/lib/insights/savings/record.ts";
import { findSubjects } from "@/lib/insights/savings/store.ts";
import { DAY } from "@/lib/time.ts";
import { DAY_ONE, NOON, scenario } from "../golden/testing-scenario.ts";
import { getReport } from "../index.ts";
import { parsePeriod } from "../period.ts";
import type { Row } from "../report.ts";
import { ctxOf, loadReport, seed } from "../testing.ts";
import { chargeEverything } from "../testing-cost.ts";
import { isUndecided, listRecommended, type Recommended } from "./recommended.ts";

const october = parsePeriod({ month: "2026-10" }, "UTC", NOON);
const NOW = DAY_ONE + 2 * DAY;
let store: TestDb;
let first: Recommended;

beforeAll(async () => {
  store = await sqliteFile();
  await seed(store.db, scenario);
  await seedTeam(store.db, 11, "Vision", "vision");
  await seedPrice(store.db, "H100", 2_500_000_000, 20200101);
  await seedPrice(store.db, "A100", 1_230_000_000, 20200101);
  await chargeEverything(ctxOf(store.db, NOW));
  first = (await advice()).find((r) => r.uses.length === 1) as Recommended;
});
afterAll(() => store.drop());

const advice = (now = NOW) => listRecommended(ctxOf(store.db, now), october, {});
const own = async (now = NOW) => (await advice(now)).find((r) => r.workloadId === first.workloadId) as Recommended;
const report = async (state?: string): Promise<Row[]> => {
  const rows: Row[] = [];
  const pages = loadReport(ctxOf(store.db, NOW), getReport("right-sizing"), october, state ? { state } : {});
  for await (const page of pages) rows.push(...page);
  return rows;
};
const decisions = async (state = "any"): Promise<unknown[]> =>
  (await report(state)).filter((row) => row.workload_id === first.workloadId).map((row) => row.decision);
const sum = (values: readonly unknown[]): number => values.reduce<number>((total, v) => total + Number(v ?? 0), 0);
const person = (given: Partial<Viewer>): Viewer => ({ ...jobViewer("mia"), kind: "person", projects: [], ...given });
const dismissal = { until: NOW + 3 * DAY, reason: "It is a spare for releases" };

it("is dismissed for a reason until a day, by people who may act on its project, and is given again from that day on", async () => {
  const workloads = [first.workloadId];
  expect([isUndecided(first), await decisions()]).toEqual([true, [""]]);
  expect(await findSubjects(store.db, "project", first.projectId)).toMatchObject([{ key: first.uses[0]?.projectKey }]);
  const foreign = ctxOf(store.db, NOW, person({ roles: ["manager"], projects: ["c-1/other"] }));
  await expect(dismissAdvice(foreign, { workloads, ...dismissal })).rejects.toMatchObject({ code: "not_found" });
  for (const role of ["engineer", "viewer"] as const) {
    const other = ctxOf(store.db, NOW, person({ roles: [role], projects: "all" }));
    await expect(dismissAdvice(other, { workloads, ...dismissal })).rejects.toMatchObject({ code: "forbidden" });
  }
  const admin = ctxOf(store.db, NOW);
  await expect(dismissAdvice(admin, { workloads, ...dismissal, until: NOW })).rejects.toMatchObject({
    code: "invalid",
  });
  await expect(dismissAdvice(admin, { workloads, ...dismissal, reason: " " })).rejects.toMatchObject({
    code: "invalid",
  });
  await dismissAdvice(admin, { workloads, ...dismissal });
  expect(await own()).toMatchObject({ dismissed: dismissalOf(dismissal), recorded: null });
  expect(await decisions()).toEqual(["dismissed"]);
  expect([await decisions("open"), await decisions("decided")]).toEqual([[], ["dismissed"]]);
  // The report and its chart add up to what the page shows as possible.
  const undecided = (await advice()).filter(isUndecided);
  expect((await report()).map((row) => row.workload_id)).toEqual(undecided.map((r) => r.workloadId));
  expect(sum((await report()).map((row) => row.saving))).toBe(sum(undecided.map((r) => r.savingMicros)));
  expect((await advice()).filter((r) => !isUndecided(r)).map((r) => r.workloadId)).toEqual(workloads);
  expect((await own(NOW + 3 * DAY)).dismissed).toBe(null);
  await dismissAdvice(admin, { workloads, until: NOW + DAY, reason: "Until tomorrow" });
  expect((await own()).dismissed).toMatchObject({ reason: "Until tomorrow", untilAt: NOW + DAY });
  await restoreAdvice(admin, { workloads });
  expect(isUndecided(await own())).toBe(true);
  await expect(restoreAdvice(admin, { workloads })).rejects.toMatchObject({ code: "not_found" });
  const acts = await listActs(store.db, 10, `advice/${first.workloadId}`);
  expect(acts.map((a) => a.reason).sort()).toEqual(["", "It is a spare for releases", "Until tomorrow"]);
});

const dismissalOf = ({ until, reason }: typeof dismissal) => ({ reason, untilAt: until });

it("is done while a record of its kind about its workload counts, and not by a record of something else", async () => {
  const other = first.kind === "spot" ? "downsize" : "spot";
  const about = { subjectKind: "workload", subject: first.workloadId, days: 5 } as const;
  const saving = await recordSaving(ctxOf(store.db, NOW), { ...about, kind: other, actedDay: 20261001 });
  expect(isUndecided(await own())).toBe(true);
  await withdrawSaving(ctxOf(store.db, NOW), saving);
  await recordSaving(ctxOf(store.db, NOW), {
    ...{ kind: first.kind, subjectKind: "workload", subject: first.workloadId, actedDay: 20261002, days: 5 },
  });
  expect((await own()).recorded).toMatchObject({ actedDay: 20261002 });
  expect(await decisions()).toEqual(["recorded"]);
  expect(await decisions("open")).toEqual([]);
  expect(isUndecided(await own(NOW + 4 * DAY))).toBe(false);
  expect(isUndecided(await own(NOW + 5 * DAY))).toBe(true);
});
