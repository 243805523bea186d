import Link from "next/link";
import { RowLink, Table, Td, Th } from "@/components/data-table.tsx";
import { formatMoment } from "@/components/format.ts";
import { href } from "@/components/href.ts";
import { Money } from "@/components/money.tsx";
import { nextToClose, type PeriodView } from "@/lib/periods/period.ts";
import { addDays, dateOfKey } from "@/lib/time.ts";
import { StateBadge, WIDE } from "./period-links.tsx";

interface PeriodsProps {
  readonly periods: readonly PeriodView[];
  readonly chosen: PeriodView;
  readonly zone: string;
  readonly mayClose: boolean;
  readonly totals: ReadonlyMap<PeriodView, number | null>;
  readonly currency: string;
}

/** Every billing period, newest first: what it comes to, and what is next. */
export function Periods({ periods, chosen, zone, mayClose, totals, currency }: PeriodsProps) {
  const next = nextToClose(periods);
  return (
    <Table label="Billing periods" dense>
      <thead>
        <tr>
          <Th>Period</Th>
          <Th className={WIDE}>Days</Th>
          <Th>State</Th>
          <Th right>Total</Th>
          <Th>What is next</Th>
        </tr>
      </thead>
      <tbody>
        {[...periods].reverse().map((view) => {
          const { period, state, close } = view;
          return (
            <tr key={`${period.id}-${period.fromDay}`} className={view === chosen ? "bg-raised" : "hover:bg-raised"}>
              <Td>
                <Link
                  href={href("/statements", { of: period.id })}
                  prefetch={false}
                  aria-current={view === chosen ? "true" : undefined}
                  className="font-medium whitespace-nowrap hover:underline"
                >
                  {period.id}
                </Link>
              </Td>
              <Td className={`whitespace-nowrap text-soft ${WIDE}`}>
                {dateOfKey(period.fromDay)} to {dateOfKey(addDays(period.untilDay, -1))}
              </Td>
              <Td>
                <StateBadge state={state} />
              </Td>
              <Td right>
                <Money micros={totals.get(view) ?? null} currency={close?.currency ?? currency} />
              </Td>
              <Td className="min-w-48">
                {close ? (
                  <span className="text-soft">
                    Closed {formatMoment(close.closedAt, zone)} by {close.closedBy}
                  </span>
                ) : state === "open" ? (
                  <span className="text-soft">Runs until {formatMoment(period.end, zone)}</span>
                ) : mayClose && view === next ? (
                  <RowLink to={href("/statements/close", { of: period.id })}>Check and close</RowLink>
                ) : (
                  <span className="text-soft">Finance closes it{view === next ? "" : ` after ${next?.period.id}`}</span>
                )}
              </Td>
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}
