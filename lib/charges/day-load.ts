import { type Reader, sql } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { hardware, projects, usageDays, workloads } from "@/db/schema/index.ts";
import { listChargeSettings, listPolicies } from "@/lib/allocation/policy-store.ts";
import { listRules } from "@/lib/attribution/rule-store.ts";
import { CLASSES, classProperty, pickMillis } from "@/lib/classes.ts";
import { loadPriceBook } from "@/lib/pricing/price-store.ts";
import { type Former, factsAt, loadFormer, type ProjectFacts } from "@/lib/sync/facts/former-facts-store.ts";
import type { CalendarDay, Instant } from "@/lib/time.ts";
import type { ChargedProject, ChargedWorkload, ChargeRules, DayInput, DayUsage, Hardware } from "./day.ts";
import { loadDayCosts } from "./imported-load.ts";
import { IDENTITY, identifier } from "./workload-identity-load.ts";

/** All that is decided about money, once for a run. @param currency of the ledger. */
export async function loadChargeRules(db: Reader, currency: string): Promise<ChargeRules> {
  const [book, teamRules, policies, settings] = await Promise.all([
    loadPriceBook(db, currency),
    listRules(db),
    listPolicies(db),
    listChargeSettings(db),
  ]);
  return { book, teamRules, policies, settings };
}

/** What changes seldom: read once for many days. */
export interface Places {
  readonly hardware: ReadonlyMap<number, Hardware>;
  /** As they are now. */
  readonly projects: readonly ChargedProject[];
  /** What they were before, by key. */
  readonly former: ReadonlyMap<number, readonly Former<ProjectFacts>[]>;
}

type ProjectRow = ProjectFacts & { readonly key: number; readonly clusterId: string };
const PROJECT = columnsOf(projects, {
  key: "key",
  clusterId: "clusterId",
  name: "name",
  department: "departmentName",
  namespace: "namespace",
  quota: "quota",
});

export async function loadPlaces(db: Reader): Promise<Places> {
  const [rows, list, former] = await Promise.all([
    db.all(sql`select ${columnsOf(hardware)} from ${hardware} order by key`),
    db.all(sql`select ${PROJECT} from ${projects} where key <> 0 order by key`),
    loadFormer(db, "project", 0),
  ]);
  return { hardware: new Map(rows.map((h) => [h.key, h])), projects: list.map(chargedProject), former };
}

const chargedProject = ({ key, clusterId, name, department, namespace, quota }: ProjectRow): ChargedProject => ({
  ...{ key, clusterId, name, department, namespace },
  quotaMilli: JSON.parse(quota) as Record<string, number>,
});

/** The projects as they were at the end of a day: what one is now moves nothing of a day on which it was something else. */
export function projectsOn(
  { projects: now, former }: Places,
  { end }: Pick<CalendarDay, "end">,
): readonly ChargedProject[] {
  if (former.size === 0) return now;
  return now.map((project) => {
    const was = factsAt(null, former.get(project.key), end - 1);
    return was ? chargedProject({ ...project, ...was }) : project;
  });
}

/** Each project as it is, and as it ever was. */
export const projectsEver = ({ projects: now, former }: Places): ChargedProject[] =>
  now.flatMap((project) => [
    project,
    ...(former.get(project.key) ?? []).map(({ facts }) => chargedProject({ ...project, ...facts })),
  ]);

/** When a project turned into something else. */
export const changesOf = ({ former }: Places): Instant[] =>
  [...former.values()].flatMap((list) => list.map((f) => f.untilAt));

/** Everything that a day's charges follow from. */
export async function loadDay(db: Reader, day: CalendarDay, rules: ChargeRules, places: Places): Promise<DayInput> {
  const ofDay = projectsOn(places, day);
  const [usage, held, costs] = await Promise.all([
    loadUsage(db, day.key),
    loadWorkloads(db, day, ofDay),
    loadDayCosts(db, day.key),
  ]);
  const seconds = day.end - day.start;
  return { day: day.key, seconds, hardware: places.hardware, projects: ofDay, workloads: held, usage, costs, rules };
}

const USAGE = columnsOf(usageDays, [
  "hardwareKey",
  "workloadKey",
  "observedMilli",
  "cpuUsedMilliSeconds",
  "cpuRequestedMilliSeconds",
  "cpuObservedSeconds",
  "memoryUsedMibSeconds",
  "memoryRequestedMibSeconds",
  "memoryObservedSeconds",
  "gpuMemoryUsedMibSeconds",
  "gpuMemoryRequestedMibSeconds",
  "gpuMemoryObservedSeconds",
  ...CLASSES.map((c) => classProperty(c, "milli")),
]);

async function loadUsage(db: Reader, day: number): Promise<DayUsage[]> {
  const rows = await db.all(
    sql`select ${USAGE} from ${usageDays} where day = ${day} order by hardware_key, workload_key`,
  );
  return rows.map((row) => ({ ...row, classes: pickMillis(row) }));
}

async function loadWorkloads(
  db: Reader,
  day: CalendarDay,
  ofDay: readonly ChargedProject[],
): Promise<Map<number, ChargedWorkload>> {
  const [rows, former] = await Promise.all([
    db.all(sql`select ${IDENTITY}, ${columnsOf(workloads, ["preemptible"], "w")} from ${workloads} w
      where w.key in (select workload_key from ${usageDays} where day = ${day.key})`),
    loadFormer(db, "workload", day.start),
  ]);
  const identify = identifier(ofDay, day);
  return new Map(
    rows.map((row) => [
      row.key,
      {
        key: row.key,
        projectKey: row.projectKey,
        preemptible: factsAt(row, former.get(row.key), day.end - 1).preemptible === 1,
        identity: identify(row),
      },
    ]),
  );
}
