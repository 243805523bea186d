import type { PageInput } from "@/app/page-input.ts";
import { readView, tableNames } from "@/app/table-input.ts";
import { TRAVELLING } from "@/components/href.ts";
import type { Listed } from "@/components/tables/list.tsx";
import { sortRows } from "@/components/tables/view.ts";
import { mayDo } from "@/lib/auth/allow.ts";
import { KINDS } from "@/lib/insights/rightsizing/types.ts";
import { daysOfPeriod } from "@/lib/pages/teams.ts";
import { isUndecided, listRecommended, type Recommended } from "@/lib/reports/insights/recommended.ts";
import type { Period } from "@/lib/reports/report.ts";
import { addDays, dateOf, dayKey, dayOfKey } from "@/lib/time.ts";
import { adviceColumns } from "./columns.tsx";
import { kindText } from "./kinds.ts";

/** What is decided about advice: nothing yet, done or dismissed, or both. */
export const STATES = ["decided", "any"] as const;

export interface RightSizingPage {
  readonly list: Listed<Recommended>;
  /** Advice that nobody decided about, whatever is chosen. */
  readonly undecided: readonly Recommended[];
  readonly decided: number;
  readonly state: (typeof STATES)[number] | undefined;
  readonly kinds: readonly { readonly value: string; readonly label: string }[];
  readonly teams: readonly { readonly value: string; readonly label: string }[];
}

/** Advice as the address asks for it: what nobody decided about, unless a state is chosen. */
export async function readRightSizing(input: PageInput): Promise<RightSizingPage> {
  const { ctx, address, cluster } = input;
  address.only([...TRAVELLING, ...tableNames(), "kind", "team", "state"]);
  const all = await listRecommended(ctx, wholeDays(input), cluster === undefined ? {} : { cluster });
  const teams = [...new Set(all.map((r) => r.team).filter(Boolean))].sort().map((t) => ({ value: t, label: t }));
  const kinds = KINDS.filter((k) => all.some((r) => r.kind === k)).map((k) => ({ value: k, label: kindText(k) }));
  const kind = address.choice("kind", "kind", kinds, "Every kind is shown");
  const team = address.choice("team", "team", teams, "Every team is shown");
  const state = address.word("state", STATES, "What nobody decided about is shown") as RightSizingPage["state"];
  const own = all.filter((r) => (!kind || r.kind === kind) && (!team || r.team === team));
  const undecided = own.filter(isUndecided);
  const rows = state === undefined ? undecided : own.filter((r) => state === "any" || !isUndecided(r));
  const acts = {
    records: mayDo(ctx.viewer, "savings.record"),
    today: dayKey(dateOf(input.now, input.billingZone)),
    zone: input.billingZone,
  };
  const view = readView(input, adviceColumns(ctx.ledger.currency, acts), {
    ...{ label: "Right-sizing", path: "/rightsizing", list: "right-sizing" },
  });
  const decided = own.length - undecided.length;
  return { list: { view, rows: sortRows(rows, view) }, undecided, decided, state, kinds, teams };
}

/** The period by the whole days that it touches: cost is kept by day. */
export function wholeDays({ period, billingZone: zone }: PageInput): Period {
  const days = daysOfPeriod(period, zone);
  const [start, end] = [dayOfKey(days.from, zone).start, dayOfKey(addDays(days.until, -1), zone).end];
  return { ...period, start, end, days };
}
