import type { PageInput } from "@/app/page-input.ts";
import { readView, tableNames } from "@/app/table-input.ts";
import { TRAVELLING } from "@/components/href.ts";
import type { Listed } from "@/components/tables/list.tsx";
import { sortRows } from "@/components/tables/view.ts";
import { mayDo } from "@/lib/auth/allow.ts";
import { type Anomaly, type AnomalyList, listAnomalies } from "@/lib/insights/anomalies/list.ts";
import { ANOMALY_STATES, type AnomalyState, MEASURES, type Measure } from "@/lib/insights/anomalies/types.ts";
import { daysOfPeriod } from "@/lib/pages/teams.ts";
import { anomalyColumns } from "./columns.tsx";

export interface AnomaliesPage {
  readonly list: Listed<Anomaly>;
  readonly found: AnomalyList;
  readonly measure: Measure | "all";
  readonly state: AnomalyState | "any";
  readonly kind: "team" | "project" | undefined;
  readonly counts: Readonly<Record<string, number>>;
}

/** Anomalies as the address asks for them: spend that nobody has judged or explained, unless something else is chosen. */
export async function readAnomalies(input: PageInput): Promise<AnomaliesPage> {
  const { address, ctx } = input;
  address.only([...TRAVELLING, ...tableNames(), "measure", "state", "kind"]);
  const measure = (address.word("measure", [...MEASURES, "all"], "Spend is shown") ?? "spend") as Measure | "all";
  const state = (address.word("state", [...ANOMALY_STATES, "any"], "Open ones are shown") ?? "open") as
    | AnomalyState
    | "any";
  const kind = address.word("kind", ["team", "project"], "Teams and projects are shown");
  const found = await listAnomalies(ctx, {
    days: daysOfPeriod(input.period, input.billingZone),
    measures: measure === "all" ? undefined : [measure],
    scopeKind: kind,
  });
  const counts: Record<string, number> = {};
  for (const a of found.anomalies) counts[a.state] = (counts[a.state] ?? 0) + 1;
  const columns = anomalyColumns(found, ctx.ledger.currency, mayDo(ctx.viewer, "anomalies.judge"));
  const view = readView(input, columns, { label: "Anomalies", path: "/anomalies", list: "anomalies" });
  const rows = found.anomalies.filter((a) => state === "any" || a.state === state);
  return { list: { view, rows: sortRows(rows, view) }, found, measure, state, kind, counts };
}
