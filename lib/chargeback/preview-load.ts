import type { SQL } from "drizzle-orm";
import { type Reader, sql } from "@/db/client";
import { charges, projects, usageDays, workloads } from "@/db/schema";
import { classColumn, HELD_CLASSES } from "@/lib/metering/types";
import type { Work } from "./rule-preview.ts";

/** Days `[from, until)`, as keys. */
export interface Days {
  readonly from: number;
  readonly until: number;
}

/** Days cut where anything changes: each part is all of one kind. */
export function partsOf(days: Days, cuts: readonly number[]): Days[] {
  const inside = [...new Set(cuts.filter((c) => c > days.from && c < days.until))].sort((a, b) => a - b);
  const edges = [days.from, ...inside, days.until];
  return edges.slice(0, -1).map((from, i) => ({ from, until: edges[i + 1] as number }));
}

const HELD = sql.raw(HELD_CLASSES.map(classColumn).join(" + "));

/**
 * Every workload that held GPUs within some days, with its time and cost, for each part of them.
 * @param projectKeys of these projects alone (0: of none).
 */
export async function loadWork(
  db: Reader,
  days: Days,
  cuts: readonly number[],
  projectKeys?: readonly number[],
): Promise<Work[]> {
  if (projectKeys?.length === 0) return [];
  const inProjects = projectKeys
    ? sql`and project_key in (${sql.join(
        projectKeys.map((key) => sql`${key}`),
        sql`, `,
      )})`
    : sql``;
  const identities = await loadIdentities(db, days, inProjects);
  const out: Work[] = [];
  for (const { from, until } of partsOf(days, cuts)) {
    const [held, charged] = await Promise.all([
      db.all<{
        key: number;
        gpuMilli: number;
      }>(sql`select workload_key as key, cast(sum(${HELD}) as bigint) as "gpuMilli"
        from ${usageDays} where day >= ${from} and day < ${until} and workload_key <> 0 ${inProjects} group by workload_key`),
      db.all<{ key: number; amountMicros: number }>(sql`select workload_key as key,
        cast(sum(amount_micros) as bigint) as "amountMicros" from ${charges}
        where day >= ${from} and day < ${until} and workload_key <> 0 ${inProjects} group by workload_key`),
    ]);
    const amounts = new Map(charged.map((c) => [c.key, c.amountMicros]));
    for (const { key, gpuMilli } of held) {
      const known = identities.get(key);
      const amountMicros = amounts.get(key) ?? null;
      if (known) out.push({ ...known, workloadKey: key, day: from, gpuMilli, amountMicros });
    }
  }
  return out;
}

interface Row {
  readonly key: number;
  readonly name: string;
  readonly clusterId: string;
  readonly namespace: string;
  readonly project: string | null;
  readonly department: string | null;
  readonly user: string;
  readonly labels: string;
}

async function loadIdentities(
  db: Reader,
  days: Days,
  inProjects: SQL,
): Promise<Map<number, Pick<Work, "name" | "identity">>> {
  const rows = await db.all<Row>(sql`select w.key, w.name, w.cluster_id as "clusterId", w.namespace, p.name as project,
    p.department_name as department, w.submitted_by as "user", w.labels
    from ${workloads} w left join ${projects} p on p.key = w.project_key where w.key in
      (select distinct workload_key from ${usageDays} where day >= ${days.from} and day < ${days.until} ${inProjects})`);
  return new Map(
    rows.map(({ key, name, labels, ...rest }) => {
      const identity = { ...rest, project: rest.project ?? "", department: rest.department ?? "" };
      return [key, { name, identity: { ...identity, labels: JSON.parse(labels) as Record<string, string> } }];
    }),
  );
}
