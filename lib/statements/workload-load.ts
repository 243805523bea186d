import { type Reader, sql } from "@/db/client.ts";
import { charges, hardware, pods, projects, workloads } from "@/db/schema/index.ts";
import { IDLE, sumSql } from "@/lib/classes.ts";
import { namesOf } from "./names.ts";
import type { Statement, StatementWorkload } from "./types.ts";

const PAGE = 1000;

/** Later than any instant: of what has not ended. */
const NEVER = 1e15;
/** The end of the last pod; of work without pods what Run:ai says of the workload, also where it was deleted and not completed. */
const ENDED = sql`coalesce(t.end_at, w.completed_at, w.deleted_at)`;
const IDLE_MICROS = sql.raw(sumSql(IDLE, "micros", "c"));

/**
 * A team's workloads of a period with their GPU charges, page by page, from the first start of a pod to the end of the last one, as in
 * the report usage-by-workload. Of a closed period too: its charges are frozen.
 * Scope it first: who may see the statement may see these.
 */
export async function* statementWorkloads(
  db: Reader,
  statement: Pick<Statement, "header" | "lines">,
): AsyncGenerator<StatementWorkload[]> {
  const { period, team } = statement.header;
  const { named } = namesOf(statement);
  const { fromDay, untilDay } = period;
  const of = sql`c.day >= ${fromDay} and c.day < ${untilDay} and c.team_key = ${team.key} and c.sku = 'gpu'`;
  const keys = await db.all<{ key: number }>(
    sql`select distinct c.workload_key as key from ${charges} c where ${of} and c.workload_key <> 0 order by c.workload_key`,
  );
  for (let at = 0; at < keys.length; at += PAGE) {
    const [first, last] = [keys[at], keys[Math.min(at + PAGE, keys.length) - 1]];
    const rows =
      await db.all<StatementWorkload>(sql`select coalesce(w.id, '') as "workloadId", coalesce(w.name, '') as name,
        c.project_key as "projectKey", coalesce(p.name, '') as project, coalesce(w.submitted_by, '') as "user", coalesce(w.category, '') as category,
        h.gpu_model as "gpuModel", min(t.start_at) as "startedAt",
        min(case when ${ENDED} < ${period.end} then ${ENDED} end) as "endedAt", cast(sum(c.quantity) as bigint) as quantity,
        cast(sum(c.amount_micros) as bigint) as "amountMicros",
        cast(sum(${IDLE_MICROS}) as bigint) as "idleMicros",
        cast(sum(c.observed_milli) as bigint) as "observedMilli", cast(sum(c.expected_milli) as bigint) as "expectedMilli"
      from ${charges} c join ${hardware} h on h.key = c.hardware_key left join ${workloads} w on w.key = c.workload_key
      left join ${projects} p on p.key = c.project_key
      left join (select workload_key, min(started_at) as start_at, max(coalesce(ended_at, ${NEVER})) as end_at from ${pods}
        where workload_key >= ${first?.key ?? 0} and workload_key <= ${last?.key ?? 0} and started_at is not null
        group by workload_key) t on t.workload_key = c.workload_key
      where ${of} and c.workload_key >= ${first?.key ?? 0} and c.workload_key <= ${last?.key ?? 0}
      group by c.workload_key, c.project_key, w.id, w.name, p.name, w.submitted_by, w.category, h.gpu_model
      order by c.workload_key, h.gpu_model`);
    yield rows.map(named);
  }
}
