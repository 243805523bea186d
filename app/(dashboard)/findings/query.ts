import type { PageInput } from "@/app/page-input.ts";
import { readView, tableNames } from "@/app/table-input.ts";
import { TRAVELLING } from "@/components/href.ts";
import type { Listed } from "@/components/tables/list.tsx";
import { sortRows } from "@/components/tables/view.ts";
import { listFindings } from "@/lib/insights/findings/load.ts";
import { type FindingRow, type FindingState, STATES } from "@/lib/insights/findings/types.ts";
import { RULES } from "@/lib/insights/rules/index.ts";
import { findingColumns } from "./columns.tsx";

export const GROUPS = ["suspicious", "idle", "sensor"] as const;

/** Rows of a page; the file has all. */
export const PAGE_SIZE = 100;

export interface FindingsPage {
  readonly list: Listed<FindingRow>;
  readonly group: (typeof GROUPS)[number] | "all";
  readonly state: FindingState | "any" | undefined;
  /** How many of the group there are in each state. */
  readonly counts: Readonly<Record<string, number>>;
}

/** Findings as the address asks for them, for the page and its download: what is not resolved, unless a state is chosen. */
export async function readFindings(input: PageInput): Promise<FindingsPage> {
  const { address, ctx } = input;
  address.only([...TRAVELLING, ...tableNames(), "group", "state", "rule", "user"]);
  const group = address.word("group", [...GROUPS, "all"], "Every kind is shown") ?? "all";
  const state = address.word("state", [...STATES, "any"], "Findings that are not resolved are shown") as
    | FindingState
    | "any"
    | undefined;
  const rules = RULES.map((r) => ({ value: r.slug, label: r.title }));
  const rule = address.choice("rule", "rule", rules, "Every rule is shown");
  const all = await listFindings(ctx, {
    ...(group === "all" || rule ? {} : { group }),
    ...(rule ? { rules: [rule] } : {}),
    ...{ from: input.period.start, to: input.period.end, user: input.params.user || undefined },
  });
  const counts: Record<string, number> = {};
  for (const f of all) counts[f.state] = (counts[f.state] ?? 0) + 1;
  const rows = all.filter((f) => (state === undefined ? f.state !== "resolved" : state === "any" || f.state === state));
  const view = readView(input, findingColumns(ctx.ledger.currency), {
    ...{ label: "Findings", path: "/findings", list: "findings" },
  });
  return { list: { view, rows: sortRows(rows, view) }, group: group as FindingsPage["group"], state, counts };
}
