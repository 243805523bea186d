import type { PageInput } from "@/app/page-input.ts";
import { readView, tableNames } from "@/app/table-input.ts";
import { TRAVELLING } from "@/components/href.ts";
import type { Listed } from "@/components/tables/list.tsx";
import { sortRows } from "@/components/tables/view.ts";
import { IDLE, type UsageClass } from "@/lib/classes.ts";
import { env } from "@/lib/env.ts";
import { actableFindings } from "@/lib/insights/findings/acts.ts";
import { type IdleNowRow, type IdlePage, loadIdle } from "@/lib/pages/idle.ts";
import { dateOf, dayKey } from "@/lib/time.ts";
import { idleColumns } from "./columns.tsx";

/** What the list of idle cards can show: idle ones alone, or any class that waits. */
export const SHOWN = ["idle", "all"] as const;

/** The idle page as its address asks for it, for the page and its download. */
export async function readIdle(
  input: PageInput,
): Promise<{ page: IdlePage; list: Listed<IdleNowRow>; shown: string; mine: boolean }> {
  input.address.only([...TRAVELLING, ...tableNames(), "show", "whose", "team"]);
  const shown = input.address.word("show", SHOWN, "Idle cards are shown") ?? "idle";
  const mine = input.address.word("whose", ["mine"], "Everybody's are shown") === "mine";
  const page = await loadIdle(input.ctx, {
    ...{ period: input.period, zone: input.billingZone, clockZone: input.zone, cluster: input.cluster, mine },
  });
  const teams = [
    ...new Map(page.now.filter((r) => r.team).map((r) => [r.team, { value: r.team, label: r.team }])).values(),
  ];
  const team = input.address.choice("team", "team", teams, "Every team is shown");
  const rows = page.now.filter(
    (r) => (shown === "all" || (IDLE as readonly UsageClass[]).includes(r.class)) && (!team || r.team === team),
  );
  const actable = await actableFindings(
    input.ctx,
    rows.flatMap((r) => r.finding ?? []),
  );
  const acts = { actable, today: dayKey(dateOf(input.now, input.billingZone)), zone: input.billingZone };
  const view = readView(input, idleColumns(page.currency, env().RUNAI_URL, acts), {
    label: "Idle now",
    path: "/idle",
    list: "idle",
  });
  return { page, list: { view, rows: sortRows(rows, view) }, shown, mine };
}
