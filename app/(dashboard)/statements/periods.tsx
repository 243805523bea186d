import type { PageInput } from "@/app/page-input.ts";
import { readView } from "@/app/table-input.ts";
import { formatDay, formatMoment } from "@/components/format.ts";
import { href } from "@/components/href.ts";
import { drawn, moneyIn, text } from "@/components/tables/columns.ts";
import type { Listed } from "@/components/tables/list.tsx";
import { sortRows, type TableColumn } from "@/components/tables/view.ts";
import type { ExactMicros } from "@/lib/money.ts";
import { nextToClose, type PeriodView } from "@/lib/periods/period.ts";
import { addDays, dateOfKey } from "@/lib/time.ts";
import { StateBadge } from "./period-links.tsx";

/** In front of the names of this list in the address. */
export const PERIODS = "periods-";

interface Periods {
  readonly periods: readonly PeriodView[];
  readonly mayClose: boolean;
  /** What each came to; null where nothing is known. */
  readonly totals: ReadonlyMap<PeriodView, ExactMicros | null>;
  readonly currency: string;
}

/** Every billing period, newest first: what it comes to, and what is next. */
export function listPeriods(input: PageInput, { periods, mayClose, totals, currency }: Periods): Listed<PeriodView> {
  const next = nextToClose(periods);
  const columns: readonly TableColumn<PeriodView>[] = [
    text("period", "Period", (v) => v.period.id, { link: (v) => href("/statements", { of: v.period.id }) }),
    text("days", "Days", ({ period: p }) => `${dateOfKey(p.fromDay)} to ${dateOfKey(addDays(p.untilDay, -1))}`, {
      look: ["whole", "soft"],
      cell: ({ period: p }) => `${formatDay(p.fromDay)} to ${formatDay(addDays(p.untilDay, -1))}`,
    }),
    text("state", "State", (v) => v.state, { cell: (v) => <StateBadge state={v.state} /> }),
    moneyIn(currency)("total", "Total", (v) => totals.get(v) ?? null, { lead: true }),
    drawn("next", "Next step", (v) => <Next view={v} next={next} mayClose={mayClose} zone={input.zone} />, {
      bare: false,
    }),
  ];
  const place = { label: "Billing periods", path: "/statements", list: "periods", prefix: PERIODS };
  const view = readView(input, columns, place);
  return { view, rows: sortRows([...periods].reverse(), view) };
}

interface NextProps {
  readonly view: PeriodView;
  readonly next: PeriodView | null;
  readonly mayClose: boolean;
  readonly zone: string;
}

function Next({ view, next, mayClose, zone }: NextProps) {
  const { period, state, close } = view;
  if (close) return `Closed ${formatMoment(close.closedAt, zone)} by ${close.closedBy}`;
  if (state === "open") return `Open until ${formatMoment(period.end, zone)}`;
  if (mayClose && view === next)
    return (
      <a className="text-accent" href={href("/statements/close", { of: period.id })}>
        Check and close
      </a>
    );
  return view === next ? "To be closed by finance" : `Waiting for ${next?.period.id}`;
}
