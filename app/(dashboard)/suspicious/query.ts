import type { PageInput } from "@/app/page-input.ts";
import { readView, tableNames } from "@/app/table-input.ts";
import { TRAVELLING } from "@/components/href.ts";
import type { Listed } from "@/components/tables/list.tsx";
import { sortRows } from "@/components/tables/view.ts";
import { actableFindings } from "@/lib/insights/findings/acts.ts";
import { listFindings } from "@/lib/insights/findings/load.ts";
import type { FindingRow } from "@/lib/insights/findings/types.ts";
import { ruleOf } from "@/lib/insights/rules/index.ts";
import { TOPICS, type Topic } from "@/lib/insights/rules/rule.ts";
import { suspiciousColumns } from "./columns.tsx";

export interface Suspicious {
  /** All of them, for the file. */
  readonly list: Listed<FindingRow>;
  /** The same by what they are about; topics without any are left out. */
  readonly topics: readonly { readonly topic: Topic; readonly rows: readonly FindingRow[] }[];
  readonly mine: boolean;
  readonly teams: readonly { readonly value: string; readonly label: string }[];
}

/** Workloads that look wrong now and that the viewer may see, as the address asks for them. */
export async function readSuspicious(input: PageInput): Promise<Suspicious> {
  const { address, ctx } = input;
  address.only([...TRAVELLING, ...tableNames(), "whose", "team"]);
  const mine = address.word("whose", ["mine"], "Everybody's are shown") === "mine";
  const found = (await listFindings(ctx, { group: "suspicious", live: true })).filter((f) => f.state !== "resolved");
  const teams = [
    ...new Map(found.filter((f) => f.team).map((f) => [f.team, { value: f.team, label: f.team }])).values(),
  ];
  const team = address.choice("team", "team", teams, "Every team is shown");
  const names = ctx.viewer.submitters ?? [];
  const rows = found.filter((f) => (!mine || names.includes(f.user)) && (!team || f.team === team));
  const actable = await actableFindings(ctx, rows);
  const view = readView(input, suspiciousColumns(ctx.ledger.currency, actable), {
    ...{ label: "Suspicious workloads", path: "/suspicious", list: "suspicious" },
  });
  const sorted = sortRows(rows, view);
  const topics = TOPICS.map((topic) => ({ topic, rows: sorted.filter((f) => ruleOf(f.rule).topic === topic) }));
  return { list: { view, rows: sorted }, topics: topics.filter((t) => t.rows.length > 0), mine, teams };
}
