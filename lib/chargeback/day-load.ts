import { type Reader, sql } from "@/db/client";
import { hardware, projects, usageDays, workloads } from "@/db/schema";
import { listChargeSettings, listPolicies } from "@/lib/allocation/policy-store";
import { listRules } from "@/lib/attribution/rule-store";
import { CLASSES, classColumn, classProperty } from "@/lib/metering/types";
import { loadPriceBook } from "@/lib/pricing/price-store";
import { type LabelHistory, type Labels, labelsAt } from "@/lib/sync/label-history";
import type { CalendarDay, Instant } from "@/lib/time";
import { loadDayCosts } from "./cost-store.ts";
import type { ChargedProject, ChargedWorkload, ChargeRules, DayInput, DayUsage, Hardware } from "./day.ts";

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
  readonly projects: readonly ChargedProject[];
}

export async function loadPlaces(db: Reader): Promise<Places> {
  const [rows, list] = await Promise.all([
    db.all<Hardware>(
      sql`select key, cluster_id as "clusterId", node_pool as "nodePool", gpu_model as "gpuModel" from ${hardware} order by key`,
    ),
    db.all<Omit<ChargedProject, "quotaMilli"> & { quota: string }>(
      sql`select key, cluster_id as "clusterId", name, department_name as "department", namespace, quota from ${projects} where key <> 0 order by key`,
    ),
  ]);
  return {
    hardware: new Map(rows.map((h) => [h.key, h])),
    projects: list.map(({ quota, ...p }) => ({ ...p, quotaMilli: JSON.parse(quota) as Record<string, number> })),
  };
}

const CLASS_SELECT = sql.raw(CLASSES.map((c) => `u.${classColumn(c)} as "${classProperty(c)}"`).join(", "));

/** Everything that a day's charges follow from. */
export async function loadDay(db: Reader, day: CalendarDay, rules: ChargeRules, places: Places): Promise<DayInput> {
  const [usage, held, costs] = await Promise.all([
    loadUsage(db, day.key),
    loadWorkloads(db, day),
    loadDayCosts(db, day.key),
  ]);
  return { day: day.key, seconds: day.end - day.start, ...places, workloads: held, usage, costs, rules };
}

type UsageRow = Omit<DayUsage, "classes"> & Readonly<Record<string, number>>;

async function loadUsage(db: Reader, day: number): Promise<DayUsage[]> {
  const rows =
    await db.all<UsageRow>(sql`select u.hardware_key as "hardwareKey", u.workload_key as "workloadKey", ${CLASS_SELECT},
    u.observed_milli as "observedMilli", u.cpu_used_milli_seconds as "cpuUsedMilliSeconds",
    u.cpu_requested_milli_seconds as "cpuRequestedMilliSeconds", u.cpu_observed_seconds as "cpuObservedSeconds",
    u.memory_used_mib_seconds as "memoryUsedMibSeconds", u.memory_requested_mib_seconds as "memoryRequestedMibSeconds",
    u.memory_observed_seconds as "memoryObservedSeconds", u.gpu_memory_used_mib_seconds as "gpuMemoryUsedMibSeconds",
    u.gpu_memory_requested_mib_seconds as "gpuMemoryRequestedMibSeconds",
    u.gpu_memory_observed_seconds as "gpuMemoryObservedSeconds"
    from ${usageDays} u where u.day = ${day} order by u.hardware_key, u.workload_key`);
  return rows.map((row) => ({
    ...row,
    classes: Object.fromEntries(CLASSES.map((c) => [classProperty(c), row[classProperty(c)] as number])),
  }));
}

interface WorkloadRow {
  readonly key: number;
  readonly projectKey: number;
  readonly preemptible: number | null;
  readonly clusterId: string;
  readonly namespace: string;
  readonly project: string | null;
  readonly department: string | null;
  readonly user: string;
  readonly labels: string;
  readonly history: string;
}

async function loadWorkloads(db: Reader, { key: day, end }: CalendarDay): Promise<Map<number, ChargedWorkload>> {
  const rows = await db.all<WorkloadRow>(sql`select w.key, w.project_key as "projectKey", w.preemptible,
    w.cluster_id as "clusterId", w.namespace, p.name as project, p.department_name as department,
    w.submitted_by as "user", w.labels, w.label_history as history
    from ${workloads} w left join ${projects} p on p.key = w.project_key
    where w.key in (select workload_key from ${usageDays} where day = ${day})`);
  return new Map(
    rows.map(({ key, projectKey, preemptible, labels, history, ...identity }) => [
      key,
      {
        key,
        projectKey,
        preemptible: preemptible === 1,
        identity: {
          ...identity,
          project: identity.project ?? "",
          department: identity.department ?? "",
          labels: labelsOn(end, labels, history),
        },
      },
    ]),
  );
}

/**
 * The labels that were told up to the end of a day: one that is changed later leaves the day whose it was. A ledger of a version
 * without their days has the newest alone.
 */
function labelsOn(end: Instant, newest: string, history: string): Labels {
  return history === "{}" ? (JSON.parse(newest) as Labels) : labelsAt(JSON.parse(history) as LabelHistory, end - 1);
}
