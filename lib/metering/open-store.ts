import { type Reader, sql } from "@/db/client.ts";
import { inList } from "@/db/in-list.ts";
import { clusters, findings, workloads } from "@/db/schema/index.ts";
import type { Instant } from "@/lib/time.ts";
import { OPEN_KINDS } from "./held/open-kinds.ts";

/** Beside what is not known: what sources report differently, and what does not fit the inventory. */
const LISTED = [...OPEN_KINDS, "sources-disagree", "unknown-node", "overlap"] as const;

/** What is not known of a workload, a node or a cluster, or does not fit together, summed over all metered buckets. */
export interface OpenItem {
  readonly kind: (typeof LISTED)[number];
  readonly cluster: string;
  /** The name of the workload or node, or of the cluster where it concerns none. */
  readonly subject: string;
  readonly milliGpuSeconds: number;
  readonly firstAt: Instant;
  /** The start of the last bucket. */
  readonly lastAt: Instant;
  /** What it means and what resolves it. */
  readonly detail: string;
}

/** The open items of the ledger, most GPU time first. */
export function listOpenItems(db: Reader, limit: number): Promise<OpenItem[]> {
  return db.all<OpenItem>(sql`select f.kind as "kind", coalesce(c.name, f.cluster_id) as "cluster",
    coalesce(w.name, c.name, f.subject) as "subject", f.milli as "milliGpuSeconds", f.first_at as "firstAt",
    f.last_at as "lastAt", f.detail as "detail"
    from (select kind, cluster_id, subject, cast(sum(quantity_milli) as bigint) as milli, min(bucket_at) as first_at,
      max(bucket_at) as last_at, max(detail) as detail from ${findings} where kind in ${inList(LISTED)}
      group by kind, cluster_id, subject order by milli desc, kind, subject limit ${limit}) f
    left join ${clusters} c on c.id = f.cluster_id
    left join ${workloads} w on w.cluster_id = f.cluster_id and w.id = f.subject
    order by f.milli desc, f.kind, f.subject`);
}
