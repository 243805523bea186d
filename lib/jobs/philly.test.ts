import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import { chargeDue } from "@/lib/charges/run.ts";
import { seedPrice, seedTeam } from "@/lib/charges/testing-ledger.ts";
import { CLASSES, classColumn, HELD } from "@/lib/classes.ts";
import { type Ctx, jobViewer } from "@/lib/ctx.ts";
import { silentLog } from "@/lib/log.ts";
import { meterRange } from "@/lib/metering/run.ts";
import { DEFAULT_RULES } from "@/lib/metering/types.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { monthInterval, parseInstant } from "@/lib/time.ts";
import type { Scenario } from "@/simulator/scenario.ts";
import { phillyScenario } from "@/simulator/scenarios/philly.ts";
import { readTrace } from "@/simulator/scenarios/trace.ts";
import { ingestScenario } from "./testing-replay.ts";

// The trace and its reference figures lie beside the project, never in it.
const DATA = path.resolve(import.meta.dirname, "../../../shared/data");
const REFERENCE = path.join(DATA, "REFERENCE.md");
const HEADING = "**GPU-hours by VC and month, F2";
const STEP = 300;
const present = existsSync(REFERENCE) && existsSync(path.join(DATA, "philly_passed_jobs.csv.gz"));

type Table = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Table F2 of the reference: GPU-hours by virtual cluster (and TOTAL), then month. */
function referenceTable(): Table {
  const text = readFileSync(REFERENCE, "utf8");
  const lines = text.slice(text.indexOf(HEADING)).split("\n").slice(2);
  const rows = lines.slice(
    0,
    lines.findIndex((line) => !line.startsWith("|")),
  );
  const cells = (line: string) =>
    line
      .split("|")
      .slice(1, -1)
      .map((c) => c.trim());
  const months = cells(rows[0] ?? "").slice(1);
  return new Map(
    rows.slice(2).map((line) => {
      const [name = "", ...hours] = cells(line);
      return [name, new Map(months.map((month, i) => [month, Number(hours[i]?.replaceAll(",", ""))]))];
    }),
  );
}

const sumOf = (classes: readonly (typeof CLASSES)[number][]) =>
  sql.raw(classes.map((c) => `sum(u.${classColumn(c, "milli")})`).join(" + "));

async function meteredTable(ctx: Ctx, months: readonly string[]): Promise<Table> {
  const out = new Map<string, Map<string, number>>();
  const add = (name: string, month: string, hours: number) => {
    const row = out.get(name) ?? new Map<string, number>();
    out.set(name, row.set(month, (row.get(month) ?? 0) + hours));
  };
  for (const month of months) {
    const { start, end } = monthInterval(month, "UTC");
    const rows = await ctx.db.all<{ name: string; milli: number }>(sql`
      select p.name as "name", ${sumOf(HELD)} as "milli" from usage_projects u join projects p on p.key = u.project_key
      where u.bucket_at >= ${start} and u.bucket_at < ${end} group by p.name`);
    for (const { name, milli } of rows)
      for (const row of [name, "TOTAL"]) for (const column of [month, "all"]) add(row, column, milli / 3_600_000);
  }
  return out;
}

describe.skipIf(!present)("Philly's 82,247 jobs, ingested and metered (needs ../shared/data)", () => {
  let store: TestDb;
  let ctx: Ctx;
  let scenario: Scenario;
  beforeAll(async () => {
    scenario = phillyScenario(DATA, STEP);
    store = await sqliteFile();
    const { range } = scenario;
    ctx = { db: store.db, now: () => range.end, viewer: jobViewer("test"), log: silentLog, ledger: testLedger() };
    await ingestScenario(ctx, scenario);
    const options = { rules: DEFAULT_RULES, horizon: range.end, stepSeconds: STEP };
    const clusterIds = scenario.clusters.map((c) => c.id);
    await meterRange(ctx, clusterIds, range, options);
  });
  afterAll(() => store?.drop());

  it("has the GPU-hours of the reference for each virtual cluster, month by month", async () => {
    const reference = referenceTable();
    expect(reference.size).toBe(16);
    expect(reference.get("TOTAL")?.get("all")).toBe(978_078.473);
    const metered = await meteredTable(ctx, ["2017-09", "2017-10", "2017-11", "2017-12"]);
    const wrong: string[] = [];
    for (const [name, months] of reference)
      for (const [month, hours] of months) {
        const got = metered.get(name)?.get(month) ?? 0;
        // Both are exact before they are printed with three decimals.
        if (!(Math.abs(got - hours) <= 0.000_500_1)) wrong.push(`${name} ${month}: metered ${got}, reference ${hours}`);
      }
    expect(wrong).toEqual([]);
    expect([...metered.keys()].filter((name) => !reference.has(name))).toEqual([]);
  });

  it("puts every GPU-second of capacity in exactly one class, in every hour", async () => {
    const breaches = await ctx.db.all(sql`
      select u.bucket_at from (select bucket_at, ${sumOf(CLASSES)} as milli from usage u group by bucket_at) u
      join (select bucket_at, sum(capacity_milli) + sum(overlap_milli) as milli from capacity group by bucket_at) c
      on c.bucket_at = u.bucket_at where c.milli <> u.milli`);
    expect(breaches).toEqual([]);
    const whole = await ctx.db.find<{ capacity: number; overlap: number; buckets: number }>(
      sql`select sum(capacity_milli) as "capacity", sum(overlap_milli) as "overlap", count(*) as "buckets" from capacity`,
    );
    const { start, end } = scenario.range;
    const cards = scenario.nodes.reduce((sum, n) => sum + n.gpuCount, 0);
    expect(whole).toEqual({ capacity: cards * 1000 * (end - start), overlap: 0, buckets: (end - start) / 3600 });
  });

  it("charges each virtual cluster F2 × 3.06 in October, to the micro-unit", async () => {
    const { start, end } = monthInterval("2017-10", "UTC");
    const due = new Map<string, number>();
    for (const row of readTrace(DATA, "philly_passed_jobs.csv.gz")) {
      const from = (parseInstant(row.get("submit_time") ?? "") ?? 0) + Number(row.get("wait_s") || 0);
      const seconds = Math.min(end, from + Number(row.get("duration_s"))) - Math.max(start, from);
      const vc = row.get("vc") ?? "";
      // 3.06 for an hour is 850 micro-units for a second.
      if (seconds > 0) due.set(vc, (due.get(vc) ?? 0) + seconds * Number(row.get("gpus")) * 850);
    }
    await seedPrice(ctx.db, "P100", 3_060_000_000, 20170101);
    for (const [i, vc] of [...due.keys()].entries()) await seedTeam(ctx.db, 100 + i, vc, vc, 20170101);
    await chargeDue(ctx, { currency: "USD", billingTimeZone: "UTC" });
    const rows = await ctx.db.all<{ name: string; micros: number }>(sql`
      select t.name, cast(sum(d.amount_micros) as bigint) as micros from team_days d join teams t on t.key = d.team_key
      where d.day >= 20171001 and d.day < 20171101 group by t.name`);
    const charged = new Map(rows.map((r) => [r.name, r.micros]));
    const platform = charged.get("Platform") ?? 0;
    charged.delete("Platform");
    expect([...charged].sort()).toEqual([...due].sort());
    // Who held nothing pays for the rest: all of capacity is paid for.
    const cards = scenario.nodes.reduce((sum, n) => sum + n.gpuCount, 0);
    const days = (Math.min(end, scenario.range.end) - Math.max(start, scenario.range.start)) * cards * 850;
    expect([...due.values()].reduce((a, b) => a + b, platform)).toBe(days);
  });

  it("knows a free card to be free", async () => {
    const free = await ctx.db.find<{ unknown: number; down: number }>(
      sql`select sum(unknown_milli) as "unknown", sum(down_milli) as "down" from usage`,
    );
    expect(free).toEqual({ unknown: 0, down: 0 });
  });
});
