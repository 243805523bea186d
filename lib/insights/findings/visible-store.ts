import type { SQL } from "drizzle-orm";
import { sql } from "@/db/client.ts";
import { inList } from "@/db/in-list.ts";
import { charges, projects, workloads } from "@/db/schema/index.ts";
import type { Viewer } from "@/lib/ctx.ts";

/**
 * `and …` over rows of `insight_findings` under the alias `f`: where every reader of findings starts. The person who sees every
 * project and its workloads sees every finding, those for administrators only with that role; others see findings about workloads that
 * are theirs, of their projects, or charged to a team that they manage.
 */
export function visibleFindings(viewer: Viewer): SQL {
  const everyone = sql` and f.audience = 'owner'`;
  const bySum = viewer.workloads !== undefined;
  if (viewer.projects === "all" && !bySum) return viewer.roles.includes("admin") ? sql`` : everyone;
  const { submitters = [], manages = [], workloads: whole = [] } = viewer;
  const own = viewer.projects === "all" ? whole : viewer.projects;
  const charged = manages.length
    ? sql` or exists (select 1 from ${charges} c where c.workload_key = v.key and c.team_key in ${inList(manages)})`
    : sql``;
  const theirs = sql`f.workload_key <> 0 and exists (
    select 1 from ${workloads} v join ${projects} q on q.key = v.project_key where v.key = f.workload_key
    and (q.cluster_id || '/' || q.id in ${inList(own)} or v.submitted_by in ${inList(submitters)}${charged}))`;
  // What nobody holds is of the whole ledger: the person who sees its sums sees that.
  return bySum ? sql`${everyone} and (f.workload_key = 0 or ${theirs})` : sql`${everyone} and ${theirs}`;
}
