import { formatMoment } from "@/components/format.ts";
import type { PeriodView } from "@/lib/periods/period.ts";
import { PERIOD_STATES } from "@/lib/periods/types.ts";

interface Props {
  readonly view: PeriodView;
  readonly zone: string;
  /** Open items that block the close. */
  readonly blocking: number;
}

/** Where a period stands: open, draft, closed, with what leads from one to the next. */
export function Stepper({ view: { state, period, close, graceUntil }, zone, blocking }: Props) {
  const at = PERIOD_STATES.indexOf(state);
  const words: Readonly<Record<(typeof PERIOD_STATES)[number], string>> = {
    open: state === "open" ? `until ${formatMoment(period.end, zone)}` : `ended ${formatMoment(period.end, zone)}`,
    draft:
      state === "draft"
        ? blocking === 0
          ? "nothing blocks the close"
          : `${blocking} ${blocking === 1 ? "item blocks" : "items block"} the close`
        : state === "open"
          ? `late data counts until ${formatMoment(graceUntil, zone)}`
          : "statements were proven",
    closed: close ? `${formatMoment(close.closedAt, zone)} by ${close.closedBy}` : "numbered, sealed, never changed",
  };
  return (
    <ol aria-label="State of the period" className="mb-6 grid grid-cols-1 gap-3 text-sm sm:grid-cols-3">
      {PERIOD_STATES.map((step, i) => {
        const isNow = i === at;
        return (
          <li
            key={step}
            aria-current={isNow ? "step" : undefined}
            className={`border-t-2 pt-2 ${i <= at ? "border-accent" : "border-line"}`}
          >
            <span className={`block first-letter:uppercase ${isNow ? "font-semibold" : i < at ? "" : "text-soft"}`}>
              {i < at ? `${step} ✓` : step}
            </span>
            <span className="block text-xs text-soft">{words[step]}</span>
          </li>
        );
      })}
    </ol>
  );
}
