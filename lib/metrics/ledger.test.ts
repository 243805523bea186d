import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { type Ctx, jobViewer } from "@/lib/ctx.ts";
import { loadOverview } from "@/lib/pages/overview.ts";
import { getReport } from "@/lib/reports/index.ts";
import { parsePeriod } from "@/lib/reports/period.ts";
import { loadReport } from "@/lib/reports/testing.ts";
import { rowsOf } from "@/lib/reports/testing-cost.ts";
import { aliasesOf } from "./aliases.ts";
import { defineGroup } from "./metric.ts";
import { LEDGER_METRICS, readSnapshot, type Snapshot } from "./snapshot.ts";
import { seedEveryMetric } from "./testing-metrics.ts";

const OPTIONS = { limit: 1000, version: "1.2.3" };

describe.each(engines)("metrics of a ledger on $name", (engine) => {
  let store: TestDb;
  let ctx: Ctx;
  let snapshot: Snapshot;
  beforeAll(async () => {
    if (isAbsent(engine)) return;
    store = (await engine.open()) as TestDb;
    ctx = { ...(await seedEveryMetric(store.db, false)), viewer: jobViewer("metrics") };
    snapshot = await readSnapshot(ctx, OPTIONS);
  });
  afterAll(() => store?.drop());

  const series = (name: string, from = snapshot.families) =>
    Object.fromEntries(
      (from.find((f) => f.name === name)?.samples ?? []).map((s) => [Object.values(s.labels).join("/"), s.value]),
    );

  it.skipIf(isAbsent(engine))("reads every group, and every metric has a series", () => {
    expect(snapshot.families.map((f) => f.name)).toEqual(LEDGER_METRICS.map((m) => m.name));
    expect(series("gpu_ledger_metrics_group_up")).toEqual(
      Object.fromEntries(
        ["fleet", "teams", "budgets", "units", "burst", "findings", "alerts", "sync", "calls"].map((name) => [name, 1]),
      ),
    );
    const empty = snapshot.families.filter((f) => f.samples.length === 0).map((f) => f.name);
    const forecast = ["gpu_ledger_budget_expected", "gpu_ledger_budget_breach_chance_ratio"];
    // Days that are over, which this ledger does not have (figures/units.test.ts).
    const units = ["gpu_ledger_unit_cost", "gpu_ledger_unit_count_week"];
    expect(empty).toEqual([...forecast, ...units, "gpu_ledger_metrics_series_left_out"]);
  });

  it.skipIf(isAbsent(engine))("labels of every series are those that its metric names", () => {
    for (const { name, labels, samples } of snapshot.families)
      for (const sample of samples) expect([name, ...Object.keys(sample.labels)]).toEqual([name, ...labels]);
  });

  it.skipIf(isAbsent(engine))("cost is what the report says, to the cent, for today and for the month", async () => {
    for (const [span, period] of [
      ["today", "today"],
      ["month", "this-month"],
    ]) {
      const asked = parsePeriod({ period }, "UTC", ctx.now(), ctx.ledger.calendar);
      const rows = await rowsOf(loadReport(ctx, getReport("cost-by-team"), asked));
      const reported = (column: string) =>
        Object.fromEntries(rows.flatMap((r) => (r.team ? [[`${r.team}/USD`, Number(r[column]) / 1e6]] : [])));
      expect(series(`gpu_ledger_team_cost_${span}`)).toEqual(reported("amount"));
      expect(series(`gpu_ledger_team_usage_cost_${span}`)).toEqual(reported("usage_amount"));
      expect(series(`gpu_ledger_team_idle_cost_${span}`)).toEqual(reported("idle_amount"));
    }
    expect(series("gpu_ledger_team_cost_today")).toMatchObject({ "Vision/USD": 14, "Speech/USD": 3 });
  });

  it.skipIf(isAbsent(engine))("GPUs add up to the fleet that the overview shows", async () => {
    const period = parsePeriod({ period: "today" }, "UTC", ctx.now());
    const { fleet } = await loadOverview(ctx, { period, zone: "UTC" });
    const gpus = series("gpu_ledger_gpus");
    expect(Object.values(gpus).reduce((sum, n) => sum + n, 0)).toBe(fleet.totalMilli / 1000);
    expect(gpus).toEqual({
      "east/NVIDIA-H100-80GB-HBM3/active": 1.5,
      "east/NVIDIA-H100-80GB-HBM3/dead-idle": 1,
      "east/NVIDIA-H100-80GB-HBM3/unallocated": 1,
      "east/P4/active": 1,
    });
    expect(series("gpu_ledger_team_gpus")).toEqual({
      "Vision/active": 1,
      "Vision/dead-idle": 1,
      "Speech/active": 0.5,
      "/active": 1,
    });
  });

  it.skipIf(isAbsent(engine))("what nobody can price is counted, and is no cost of zero", () => {
    expect(series("gpu_ledger_team_cost_per_hour")).toEqual({
      "Vision/NVIDIA-H100-80GB-HBM3/USD": 2,
      "Speech/NVIDIA-H100-80GB-HBM3/USD": 0.5,
    });
    expect(series("gpu_ledger_unpriced_gpus")).toEqual({ east: 1 });
    expect(series("gpu_ledger_unpriced_gpu_seconds_month")).toEqual({ P4: 3600 });
    expect(series("gpu_ledger_spot_saving_month")).toEqual({ "NVIDIA-H100-80GB-HBM3/USD": 3 });
  });

  it.skipIf(isAbsent(engine))("efficiency, budget, findings and sync", () => {
    expect(series("gpu_ledger_team_efficiency_ratio").Speech).toBe(1);
    expect(series("gpu_ledger_team_gpu_seconds_today")).toEqual({
      ...{ "Vision/active": 15 * 3600, "Vision/dead-idle": 2 * 3600, "Speech/active": 3 * 3600 },
      "Platform/unallocated": 4 * 3600,
    });
    const spent = series("gpu_ledger_budget_spent")["team:11/Vision/USD"] ?? 0;
    expect(series("gpu_ledger_budget_use_ratio")["team:11/Vision"]).toBeCloseTo(spent / 2000, 9);
    expect(Object.values(series("gpu_ledger_budget_status")).sort()).toEqual([0, 0, 0, 1]);
    expect(series("gpu_ledger_findings_open")).toEqual({ "dead-idle/warning/open": 1 });
    expect(series("gpu_ledger_findings_gpus")).toEqual({ "dead-idle": 1 });
    expect(series("gpu_ledger_gaps_open")).toEqual({ "east/prometheus/failed": 1 });
    expect(series("gpu_ledger_sync_lag_seconds")).toEqual({ "": 90 });
    expect(series("gpu_ledger_sync_last_run_seconds")).toEqual({ "": 10 });
    expect(series("gpu_ledger_sync_runs_day")).toEqual({ "live/failed": 1, "live/ok": 1 });
    expect(series("gpu_ledger_alert_messages")).toEqual({ waiting: 0, sending: 0, dead: 0 });
  });

  it.skipIf(isAbsent(engine))("a limit keeps the largest series and counts the others", async () => {
    const { families } = await readSnapshot(ctx, { ...OPTIONS, limit: 1 });
    expect(series("gpu_ledger_team_cost_per_hour", families)).toEqual({ "Vision/NVIDIA-H100-80GB-HBM3/USD": 2 });
    expect(series("gpu_ledger_metrics_series_left_out", families)).toMatchObject({
      gpu_ledger_team_cost_per_hour: 1,
      gpu_ledger_gpus: 3,
    });
    for (const { name, samples } of families.filter((f) => !f.name.startsWith("gpu_ledger_metrics")))
      expect([name, samples.length <= 1]).toEqual([name, true]);
  });

  it.skipIf(isAbsent(engine))("a group that fails is absent and reported, and the others are there", async () => {
    const broken = defineGroup({
      name: "broken",
      metrics: [{ name: "gpu_ledger_broken", type: "gauge", help: "Never read.", labels: [] }],
      read: () => Promise.reject(new Error("the table is gone")),
    });
    const { families } = await readSnapshot(ctx, { ...OPTIONS, groups: [broken] });
    expect(families.some((f) => f.name === "gpu_ledger_broken")).toBe(false);
    expect(series("gpu_ledger_metrics_group_up", families)).toEqual({ broken: 0 });
  });

  it.skipIf(isAbsent(engine))("aliases say what ours say, in their own units", () => {
    const aliases = aliasesOf(snapshot);
    expect(series("ai_finops_team_cost_daily", aliases)).toMatchObject({ Vision: 14, Speech: 3 });
    expect(series("ai_finops_idle_gpu_hours", aliases)).toEqual({ Vision: 2 });
    expect(series("ai_finops_gpu_cost_per_hour", aliases)).toMatchObject({ "Vision/NVIDIA-H100-80GB-HBM3": 2 });
    expect(series("ai_finops_gpu_efficiency", aliases).Speech).toBe(100);
  });
});
