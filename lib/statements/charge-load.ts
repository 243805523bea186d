import { type Reader, sql } from "@/db/client.ts";
import { charges, clusters, hardware, priceProposals, prices, projects, workloads } from "@/db/schema/index.ts";
import { IDLE, sumSql } from "@/lib/classes.ts";
import { daysIn } from "@/lib/periods/period.ts";
import { foreignPrice } from "@/lib/pricing/price-book.ts";
import { loadAgreedPrices } from "@/lib/pricing/price-store.ts";
import { namesOf } from "./names.ts";
import type { Statement, StatementCharge } from "./types.ts";

const IDLE_MICROS = sql.raw(sumSql(IDLE, "micros", "c"));

/**
 * The charges behind the usage of a team's statement, a page for each day: they sum to its usage lines, exactly. Of a closed
 * period too: its charges are frozen. Scope it first: who may see the statement may see these.
 */
export async function* statementCharges(
  db: Reader,
  statement: Pick<Statement, "header" | "lines">,
): AsyncGenerator<StatementCharge[]> {
  const { period, team } = statement.header;
  const { named } = namesOf(statement);
  const agreed = await loadAgreedPrices(db);
  const withPrice = (c: StatementCharge): StatementCharge => {
    const foreign = foreignPrice(agreed, c.priceKey, c.day, c.unitPriceNanos);
    return foreign ? { ...c, foreign } : c;
  };
  for (const day of daysIn(period)) {
    const rows =
      await db.all<StatementCharge>(sql`select c.day, c.hardware_key as "hardwareKey", c.sku, c.price_class as "priceClass", c.price_key as "priceKey",
        o.version as "priceVersion", c.unit_price_nanos as "unitPriceNanos", c.quantity, c.amount_micros as "amountMicros",
        ${IDLE_MICROS} as "idleMicros", c.observed_milli as "observedMilli",
        c.expected_milli as "expectedMilli", coalesce(k.name, h.cluster_id) as cluster, h.node_pool as "nodePool",
        h.gpu_model as "gpuModel", coalesce(p.department_name, '') as department, coalesce(p.name, '') as project,
        c.project_key as "projectKey", coalesce(w.id, '') as "workloadId", coalesce(w.name, '') as workload,
        coalesce(w.category, '') as category, coalesce(w.submitted_by, '') as "user"
      from ${charges} c join ${hardware} h on h.key = c.hardware_key left join ${clusters} k on k.id = h.cluster_id
      left join ${projects} p on p.key = c.project_key and c.project_key <> 0
      left join ${workloads} w on w.key = c.workload_key and c.workload_key <> 0
      left join ${prices} b on b.key = c.price_key left join ${priceProposals} o on o.id = b.proposal_id
      where c.day = ${day} and c.team_key = ${team.key}
      order by c.hardware_key, c.workload_key, c.sku, c.price_class`);
    yield rows.map((row) => withPrice(named(row)));
  }
}
