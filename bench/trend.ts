import { getTableColumns } from "drizzle-orm";
import { openDb, sql } from "@/db/client.ts";
import * as t from "@/db/schema/index.ts";
import { chargeDue } from "@/lib/charges/run.ts";
import { seedPrice, seedTeam } from "@/lib/charges/testing-ledger.ts";
import { loadSpend } from "@/lib/pages/spend.ts";
import { costTrend } from "@/lib/reports/cost/cost-trend.ts";
import { parseParameters } from "@/lib/reports/parameter.ts";
import { parsePeriod } from "@/lib/reports/period.ts";
import { addDays, dateOfKey, dayOfKey } from "@/lib/time.ts";
import { MONEY } from "./charged-ledger.ts";
import { laps } from "./measure.ts";
import { ctxOf } from "./philly-ledger.ts";

/** Thirteen months that end with September 2026. */
export const TREND = { from: 20250901, until: 20261001, workloadsPerDay: 5000, teams: 40, projects: 200 };
const NOW = dayOfKey(TREND.until, "UTC").start + 9 * 3600;
const HOUR_MILLI = 3_600_000;
const BLANK = Object.fromEntries(
  Object.keys(getTableColumns(t.usageDays)).map((key) => [key, key === "level" ? "gpu" : 0]),
) as typeof t.usageDays.$inferInsert;

/** A day of a large cluster as metering leaves it: every workload an hour or more, a tenth of it idle, and free cards. */
function dayOf(day: number, number: number): (typeof t.usageDays.$inferInsert)[] {
  const rows = Array.from({ length: TREND.workloadsPerDay }, (_, i) => {
    const held = HOUR_MILLI + ((i * 7919 + number * 104_729) % 40) * 900_000;
    const idle = Math.trunc(held / 10);
    const workloadKey = 1 + ((number * 1500 + i) % 20_000);
    const seen = { activeMilli: held - idle, deadIdleMilli: idle, observedMilli: held };
    return { ...BLANK, day, hardwareKey: 1, workloadKey, projectKey: 1 + (workloadKey % TREND.projects), ...seen };
  });
  return [...rows, { ...BLANK, day, hardwareKey: 1, workloadKey: 0, unallocatedMilli: 900 * HOUR_MILLI }];
}

export interface Made {
  readonly days: number;
  readonly charges: number;
}

/** Task: thirteen months of such days, charged. */
export async function make({ file }: { file: string }): Promise<Made> {
  const db = await openDb(`file:${file}`);
  const seen = { firstSeenAt: 0, lastSeenAt: NOW };
  const named = { departmentId: "", departmentName: "", namespace: "", quota: "{}", lastSeenAt: NOW };
  const kind = { type: "Training", category: "Train", namespace: "", submittedBy: "ada", phase: "Running" };
  const rest = { priorityClass: "", nodePool: "default", createdAt: 0, images: "[]", ...seen };
  await db.write(async (tx) => {
    await tx.insert(t.clusters, [{ id: "c1", name: "east", state: "Connected", ...seen }]);
    await tx.insert(t.hardware, [{ key: 1, clusterId: "c1", nodePool: "default", gpuModel: "H100" }]);
    const projects = Array.from({ length: TREND.projects }, (_, i) => ({
      key: i + 1,
      id: `p${i + 1}`,
      name: `p${i + 1}`,
    }));
    await tx.insert(
      t.projects,
      projects.map((p) => ({ ...p, clusterId: "c1", ...named })),
    );
    const workloads = Array.from({ length: 20_000 }, (_, i) => ({ key: i + 1, id: `w${i + 1}`, name: `w${i + 1}` }));
    const row = (w: (typeof workloads)[number]) => ({
      ...w,
      clusterId: "c1",
      projectKey: 1 + (w.key % TREND.projects),
    });
    await tx.insert(
      t.workloads,
      workloads.map((w) => ({ ...row(w), ...kind, ...rest })),
    );
  });
  await seedPrice(db, "H100", 2_500_000_000, 20200101);
  // A project each; the other projects are unassigned.
  for (let team = 0; team < TREND.teams; team++) await seedTeam(db, 100 + team, `Team ${team}`, `p${team + 1}`);
  let number = 0;
  for (let day = TREND.from; day < TREND.until; day = addDays(day, 1)) {
    const rows = dayOf(day, number++);
    await db.write(async (tx) => {
      await tx.insert(t.usageDays, rows);
      await tx.run(sql`insert into metered_days (cluster_id, day, revision) values ('c1', ${day}, 1)`);
    });
  }
  await chargeDue(ctxOf(db, NOW), MONEY);
  const row = await db.find<{ n: number }>(sql`select count(*) as n from charges`);
  await db.close();
  return { days: number, charges: row?.n ?? 0 };
}

const GRAINS = ["month", "week"] as const;
export type Read = Readonly<Record<(typeof GRAINS)[number], { readonly report: number[]; readonly page: number[] }>>;

/** Task: milliseconds of the trend of all teams over all thirteen months, as the report and the page of spend load it, in threads as the server does. */
export async function read({ file, runs }: { file: string; runs: number }): Promise<Read> {
  const db = await openDb(`file:${file}`, "threads");
  const ctx = ctxOf(db, NOW);
  const last = addDays(TREND.until, -1);
  const days = { from: TREND.from, until: TREND.until };
  const period = parsePeriod({ from: dateOfKey(days.from), to: dateOfKey(last) }, "UTC", NOW);
  const of = async (grain: (typeof GRAINS)[number]) => ({
    report: await laps(runs, async () => {
      for await (const _ of costTrend.load(ctx, period, parseParameters(costTrend, { grain })));
    }),
    page: await laps(runs, () => loadSpend(ctx, { days, today: last, grain })),
  });
  const out = { month: await of("month"), week: await of("week") };
  await db.close();
  return out;
}
