import { PageLink } from "@/app/page-link.tsx";
import { formatDay, formatMoney, formatPercent, plural } from "@/components/format.ts";
import { href } from "@/components/href.ts";
import { Kpis } from "@/components/kpis.tsx";
import { exactly, Money } from "@/components/money.tsx";
import { Section } from "@/components/page-header.tsx";
import { GpuHours } from "@/components/quantity.tsx";
import { count, moneyIn, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import { UNASSIGNED_TEAM } from "@/lib/attribution/types.ts";
import { sumExactly } from "@/lib/money.ts";
import type { Billing, CorrectionSum } from "@/lib/pages/home/billing.ts";
import { percentOf } from "@/lib/units.ts";

const isExact = ({ tie, dueDays }: Billing): boolean =>
  tie !== null && dueDays === 0 && tie.residualMicros === 0 && tie.residualMilli === 0 && tie.unclassedMilli === 0;

/** The period's figures at a glance: what is booked, what is not assigned, and whether it adds up. */
export function BillingKpis({ billing, currency }: { billing: Billing; currency: string }) {
  const { statements, totalMicros, previous, tie, corrections, disputes, view } = billing;
  const unassigned = statements.find((s) => s.header.team.key === UNASSIGNED_TEAM)?.header.roundedMicros ?? 0;
  const [observed, expected] = [
    sumExactly(statements.map((s) => s.header.observedMilli)),
    sumExactly(statements.map((s) => s.header.expectedMilli)),
  ];
  const open = disputes.filter((d) => d.periodId === view.period.id);
  const adds = isExact(billing);
  return (
    <Kpis
      items={[
        {
          label: view.close ? "Booked" : "Charged so far",
          value: <Money headline micros={totalMicros} currency={currency} why="Nothing is charged in this period" />,
          note: previous
            ? `${previous.view.period.id}: ${formatMoney(previous.totalMicros, currency)}`
            : "the first period",
        },
        {
          label: "Unassigned",
          value: (
            <Money
              headline
              micros={statements.length ? unassigned : null}
              currency={currency}
              why="Nothing is charged"
            />
          ),
          note: `${formatPercent(percentOf(unassigned, Number(totalMicros ?? 0)))} of all`,
        },
        {
          label: "Corrections",
          value: (
            <Money
              headline
              micros={sumExactly(corrections.map((c) => Math.max(0, c.amountMicros)))}
              currency={currency}
            />
          ),
          note: corrections.length ? "moved by changes of closed days" : "no closed day changed",
        },
        {
          label: "Disputed lines",
          value: String(sumExactly(open.map((d) => d.count))),
          note: open.length ? open.map((d) => d.team).join(", ") : "of this period",
        },
        {
          label: "Coverage",
          value: formatPercent(percentOf(observed, expected)),
          note: "of GPU time has samples",
        },
        {
          label: "Reconciliation",
          value:
            tie === null ? (
              "–"
            ) : adds ? (
              <span className="text-good">✓ exact</span>
            ) : billing.dueDays > 0 ? (
              "pending"
            ) : (
              <span className="text-bad">differs</span>
            ),
          note: (
            <PageLink to={href("/reconciliation", { of: view.period.id })}>
              {tie === null
                ? "no GPU was metered"
                : billing.dueDays > 0
                  ? `${plural(billing.dueDays, "day")} to charge`
                  : "capacity × rate"}
            </PageLink>
          ),
        },
      ]}
    />
  );
}

/** From capacity to what is charged, in three lines: the proof is on the page of reconciliation. */
export function TieSection({ billing, currency }: { billing: Billing; currency: string }) {
  const { tie, view } = billing;
  if (!tie) return null;
  const rows: readonly (readonly [string, React.ReactNode])[] = [
    ["Capacity, each GPU-second in one class", <GpuHours key="c" milli={tie.capacityMilli} unit />],
    ["Without a price, charged to nobody", <GpuHours key="u" milli={tie.unpricedMilli} unit />],
    ["Capacity × rate", <Money key="p" micros={tie.productMicros} currency={currency} />],
    ["Charged to teams and the platform", <Money key="m" micros={tie.chargedMicros} currency={currency} />],
    ["Difference", <Money key="d" micros={tie.residualMicros} currency={currency} />],
  ];
  return (
    <Section title="Reconciliation" note="stored sums; the proof recalculates every charge">
      <dl className="text-sm [&>div]:flex [&>div]:justify-between [&>div]:gap-4 [&>div]:border-b [&>div]:py-1.5 [&_dt]:text-soft">
        {rows.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd className="tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
      <p className="mt-2 flex gap-4 text-xs">
        <PageLink to={href("/reconciliation", { of: view.period.id })}>Details</PageLink>
        <PageLink
          to={`${href("/reconciliation", { of: view.period.id, prove: "yes" })}#proof`}
        >{`Verify ${view.period.id}`}</PageLink>
      </p>
    </Section>
  );
}

const correctionColumns = (currency: string): readonly TableColumn<CorrectionSum>[] => [
  text("team", "Team", (c) => c.team, { look: ["strong"] }),
  text("reason", "Reason", (c) => c.reason),
  count("days", "Days", (c) => c.days),
  text("of", "Of", (c) => `${formatDay(c.firstDay)}${c.lastDay === c.firstDay ? "" : ` to ${formatDay(c.lastDay)}`}`, {
    look: ["whole", "soft"],
  }),
  text("state", "State", (c) => (c.bookedIn ? "booked" : "waits for the close")),
  moneyIn(currency)("amount", "Amount", (c: CorrectionSum) => c.amountMicros, {
    ...{ change: true, total: true, lead: true },
    ...exactly(currency),
  }),
];

/** What changed in closed periods since, and is booked in this one. */
export function CorrectionsSection({ billing, currency }: { billing: Billing; currency: string }) {
  return (
    <Section title="Corrections" note="changes of closed days that this period books">
      <DataTable
        view={plainView("Corrections", correctionColumns(currency))}
        rows={billing.corrections}
        foot="All teams"
        empty={<p className="text-sm text-faint">No closed day changed.</p>}
      />
    </Section>
  );
}
