import type { SQL } from "drizzle-orm";
import { type Reader, sql } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { inList } from "@/db/in-list.ts";
import { charges, closes, usageDays, workloads } from "@/db/schema/index.ts";
import { changesOf, loadPlaces, projectsOn } from "@/lib/charges/day-load.ts";
import { IDENTITY, type IdentityRow, identifier, labelChanges } from "@/lib/charges/workload-identity-load.ts";
import { HELD, sumSql } from "@/lib/classes.ts";
import { addDays, dateOf, dayKey, dayOfKey } from "@/lib/time.ts";
import type { Work } from "./rule.ts";

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

const HELD_MILLI = sql.raw(sumSql(HELD, "milli"));

interface WorkScope {
  readonly days: Days;
  /** Days on which rules change; those on which a workload's identity does are found here. */
  readonly cuts: readonly number[];
  readonly zone: string;
  /** Of these projects alone (0: of none). */
  readonly projectKeys?: readonly number[];
}

/**
 * Every workload that held GPUs within some days, with its time and cost, for each part of them in which nothing changes. Time of a
 * closed period is what was charged: its cost is frozen, so hours that were metered later would not belong to it.
 */
export async function loadWork(db: Reader, { days, cuts, zone, projectKeys }: WorkScope): Promise<Work[]> {
  if (projectKeys?.length === 0) return [];
  const inProjects = projectKeys ? sql`and project_key in ${inList(projectKeys)}` : sql``;
  const [rows, places, closed] = await Promise.all([
    loadRows(db, days, inProjects),
    loadPlaces(db),
    db.all(sql`select ${columnsOf(closes, ["fromDay", "untilDay"])} from ${closes}`),
  ]);
  const changes = [
    ...changesOf(places).map((at) => dayKey(dateOf(at, zone))),
    ...[...rows.values()].flatMap((row) => labelChanges(row, zone)),
    ...closed.flatMap((c) => [c.fromDay, c.untilDay]),
  ];
  const out: Work[] = [];
  for (const { from, until } of partsOf(days, [...cuts, ...changes])) {
    const last = dayOfKey(addDays(until, -1), zone);
    const identify = identifier(projectsOn(places, last), last);
    const [held, charged] = await Promise.all([
      db.all<{
        key: number;
        gpuMilli: number;
      }>(sql`select workload_key as key, cast(sum(${HELD_MILLI}) as bigint) as "gpuMilli"
        from ${usageDays} where day >= ${from} and day < ${until} and workload_key <> 0 ${inProjects} group by workload_key`),
      db.all<{ key: number; amountMicros: number; gpuMilli: number | null }>(sql`select workload_key as key,
        cast(sum(amount_micros) as bigint) as "amountMicros",
        cast(sum(case when sku = 'gpu' then ${HELD_MILLI} end) as bigint) as "gpuMilli" from ${charges}
        where day >= ${from} and day < ${until} and workload_key <> 0 ${inProjects} group by workload_key`),
    ]);
    const amounts = new Map(charged.map((c) => [c.key, c]));
    const frozen = closed.some((c) => c.fromDay <= from && until <= c.untilDay);
    const hours = new Map(held.map((h) => [h.key, h.gpuMilli]));
    if (frozen) for (const { key, gpuMilli } of charged) if (gpuMilli !== null) hours.set(key, gpuMilli);
    for (const [key, gpuMilli] of hours) {
      const row = rows.get(key);
      const amountMicros = amounts.get(key)?.amountMicros ?? null;
      if (row)
        out.push({ name: row.name, identity: identify(row), workloadKey: key, day: from, gpuMilli, amountMicros });
    }
  }
  return out;
}

type Row = IdentityRow & { readonly name: string };

async function loadRows(db: Reader, days: Days, inProjects: SQL): Promise<Map<number, Row>> {
  const rows =
    await db.all(sql`select ${IDENTITY}, ${columnsOf(workloads, ["name"], "w")} from ${workloads} w where w.key in
    (select workload_key from ${usageDays} where day >= ${days.from} and day < ${days.until} ${inProjects}
     union select workload_key from ${charges} where day >= ${days.from} and day < ${days.until} ${inProjects})`);
  return new Map(rows.map((row) => [row.key, row]));
}
