import { type Reader, sql } from "@/db/client.ts";
import { inList } from "@/db/in-list.ts";
import { clusters, findings, workloads } from "@/db/schema/index.ts";
import type { Instant } from "@/lib/time.ts";
import { OPEN_KINDS, type OpenKind } from "./held/open-kinds.ts";

/** Of the row for those beyond the limit. */
const REST = "Those with the most GPU time are listed one by one: what resolves them resolves these.";

/** What is not known of a workload, a node or a cluster, or does not fit together, summed over all metered buckets. */
export interface OpenItem {
  readonly kind: OpenKind;
  /** Empty where the row stands for several. */
  readonly cluster: string;
  /** The name of the workload or node, or of the cluster where it concerns none; empty where the row stands for several. */
  readonly subject: string;
  /** How many subjects the row stands for: 1, or those of its kind beyond the limit. */
  readonly subjects: number;
  readonly milliGpuSeconds: number;
  readonly firstAt: Instant;
  /** The start of the last bucket. */
  readonly lastAt: Instant;
  /** What it means and what resolves it. */
  readonly detail: string;
}

/**
 * The open items of the ledger, most GPU time first. Of each kind the subjects with the most GPU time have a row of their own, and the others
 * one together, so that no kind is hidden by a larger one.
 * @param limit rows of their own for each kind.
 */
export function listOpenItems(db: Reader, limit: number): Promise<OpenItem[]> {
  return db.all<OpenItem>(sql`select f.kind as "kind", coalesce(c.name, f.cluster_id) as "cluster",
    coalesce(w.name, c.name, f.subject) as "subject", f.subjects as "subjects", f.milli as "milliGpuSeconds",
    f.first_at as "firstAt", f.last_at as "lastAt", f.detail as "detail"
    from (select kind, own_cluster as cluster_id, own_subject as subject, count(*) as subjects,
        cast(sum(milli) as bigint) as milli, min(first_at) as first_at, max(last_at) as last_at,
        case when count(*) = 1 then max(detail) else ${REST} end as detail
      from (select r.*, case when place <= ${limit} then cluster_id else '' end as own_cluster,
          case when place <= ${limit} then subject else '' end as own_subject
        from (select g.*, row_number() over (partition by kind order by milli desc, cluster_id, subject) as place
          from (select kind, cluster_id, subject, cast(sum(quantity_milli) as bigint) as milli, min(bucket_at) as first_at,
              max(bucket_at) as last_at, max(detail) as detail from ${findings} where kind in ${inList(OPEN_KINDS)}
            group by kind, cluster_id, subject) g) r) k
      group by kind, own_cluster, own_subject) f
    left join ${clusters} c on c.id = f.cluster_id
    left join ${workloads} w on w.cluster_id = f.cluster_id and w.id = f.subject
    order by f.milli desc, f.kind, f.subject`);
}
