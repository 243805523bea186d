import { type Reader, sql } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { charges, teamDays, usageDays } from "@/db/schema/index.ts";
import { PLATFORM_TEAM } from "@/lib/attribution/types.ts";
import { needAllTeams } from "@/lib/auth/visible-teams.ts";
import type { ChargeRules, DayUsage } from "@/lib/charges/day.ts";
import { loadChargeRules, loadPlaces, projectsOn } from "@/lib/charges/day-load.ts";
import { loadDayCosts } from "@/lib/charges/imported-load.ts";
import type { Charge } from "@/lib/charges/types.ts";
import { pickClasses, zeroMillis } from "@/lib/classes.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { dayOfKey } from "@/lib/time.ts";
import type { Days } from "./load.ts";
import type { WorkbenchDay } from "./workbench.ts";

/** Of team days, and of charges, which have the same but for the workload. */
const COLUMNS = columnsOf(teamDays);
type Row = typeof teamDays.$inferSelect & Pick<Charge, "sku" | "priceClass">;

/**
 * Charged days as shares are made of them: nobody's charges one by one, those of teams summed by project. A month is a few
 * thousand rows however many workloads it had. Requires access to all teams.
 * @throws AppError `forbidden`.
 */
export async function loadWorkbench(
  { db, viewer }: Ctx,
  days: Days,
  options: { currency: string; billingTimeZone: string },
): Promise<WorkbenchDay[]> {
  needAllTeams(viewer);
  const within = sql`day >= ${days.from} and day < ${days.until}`;
  // What a rule gives the platform without a project has one row there with what nobody held.
  const withoutProject = sql`team_key = ${PLATFORM_TEAM} and project_key = 0`;
  const [rules, places, nobodys, teams, platforms, free] = await Promise.all([
    loadChargeRules(db, options.currency),
    loadPlaces(db),
    db.all<Row>(sql`select ${COLUMNS} from ${charges} where ${within} and workload_key = 0`),
    db.all<Row>(sql`select ${COLUMNS} from ${teamDays}
      where ${within} and not (${withoutProject})`),
    db.all<Row>(sql`select ${COLUMNS} from ${charges}
      where ${within} and workload_key <> 0 and ${withoutProject}`),
    db.all(sql`select ${columnsOf(usageDays, ["day", "hardwareKey", "unallocatedMilli"])} from ${usageDays}
      where ${within} and workload_key = 0`),
  ]);
  const charged = Map.groupBy(
    [...nobodys.map((r) => chargeOf(r, 0)), ...[...teams, ...platforms].map((r) => chargeOf(r, -1))],
    (c) => c.day,
  );
  const freeOf = Map.groupBy(free, (f) => f.day);
  const costDays = await daysWithCost(db, days);
  const keys = [...new Set([...charged.keys(), ...costDays])].sort((a, b) => a - b);
  const out: WorkbenchDay[] = [];
  for (const day of keys) {
    const calendarDay = dayOfKey(day, options.billingTimeZone);
    const usage = (freeOf.get(day) ?? []).map(freeUsage);
    const costs = costDays.has(day) ? await loadDayCosts(db, day) : [];
    const input = {
      day,
      seconds: calendarDay.end - calendarDay.start,
      hardware: places.hardware,
      projects: projectsOn(places, calendarDay),
      workloads: new Map(),
      usage,
      costs,
      rules: rules as ChargeRules,
    };
    out.push({ input, charges: charged.get(day) ?? [] });
  }
  return out;
}

/** Days on which imported cost falls and is charged: where none does, none is read. */
async function daysWithCost(db: Reader, { from, until }: Days): Promise<Set<number>> {
  const rows = await db.all<{ day: number }>(
    sql`select distinct day from shares where cost_class = 'shared' and day >= ${from} and day < ${until}`,
  );
  return new Set(rows.map((r) => r.day));
}

function chargeOf(row: Row, workloadKey: number): Charge {
  return { ...row, workloadKey, classes: pickClasses(row) };
}

/** A usage row of which only the free time counts: for what of unallocated capacity is unused quota. */
function freeUsage({ hardwareKey, unallocatedMilli }: { hardwareKey: number; unallocatedMilli: number }): DayUsage {
  return {
    hardwareKey,
    workloadKey: 0,
    classes: { ...zeroMillis(), unallocatedMilli },
    observedMilli: 0,
    cpuUsedMilliSeconds: 0,
    cpuRequestedMilliSeconds: 0,
    cpuObservedSeconds: 0,
    memoryUsedMibSeconds: 0,
    memoryRequestedMibSeconds: 0,
    memoryObservedSeconds: 0,
    gpuMemoryUsedMibSeconds: 0,
    gpuMemoryRequestedMibSeconds: 0,
    gpuMemoryObservedSeconds: 0,
  };
}
