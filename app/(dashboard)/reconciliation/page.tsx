import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { readInput, type Search } from "@/app/page-input";
import { RowLink, Table, Td, Th } from "@/components/data-table";
import { href } from "@/components/href";
import { Kpis } from "@/components/kpis";
import { Money } from "@/components/money";
import { Empty, Notice, PageHeader, Section } from "@/components/page-header";
import { GpuHours } from "@/components/quantity";
import { visibleTeams } from "@/lib/auth/visible-teams";
import { type Audit, auditPeriod } from "@/lib/chargeback/audit";
import { sumTies, type TieSum } from "@/lib/chargeback/audit-table";
import { closeSettingsOf } from "@/lib/chargeback/close-settings";
import { nextToClose, type PeriodView } from "@/lib/chargeback/period";
import { loadPeriods } from "@/lib/chargeback/period-load";
import { loadNames } from "@/lib/chargeback/statement-draft-load";
import type { Names } from "@/lib/chargeback/statement-rows";
import { env } from "@/lib/env";
import { dateOfKey } from "@/lib/time";
import { StateBadge, unknownPeriod } from "../statements/period-links";

export const metadata: Metadata = { title: "Reconciliation" };

export default async function ReconciliationPage({ searchParams }: { searchParams: Search }) {
  const { ctx, params, now } = await readInput(searchParams);
  // The whole of a cluster is nobody's team: it is for those who see all of them.
  if (visibleTeams(ctx.viewer) !== "all") notFound();
  const settings = closeSettingsOf(env());
  const periods = await loadPeriods(ctx.db, settings, now);
  const chosen = periods.find((p) => p.period.id === params.of) ?? nextToClose(periods) ?? periods.at(-1);
  if (!chosen)
    return (
      <>
        <PageHeader title="Reconciliation" />
        <Empty title="Nothing is metered yet">
          There is something to reconcile after the first sync. <RowLink to="/sync">See the sync</RowLink>.
        </Empty>
      </>
    );
  const [audit, names] = await Promise.all([auditPeriod(ctx, settings, chosen.period.id), loadNames(ctx.db)]);
  const place = (key: number) => {
    const hardware = names.hardware.get(key);
    return `${names.clusters.get(hardware?.clusterId ?? "") ?? hardware?.clusterId ?? "?"}, ${hardware?.gpuModel ?? key}`;
  };
  const groups = sumTies(audit.ties, (t) => place(t.hardwareKey));
  const open = params.place && groups.has(params.place) ? params.place : null;
  return (
    <>
      <PageHeader
        title="Reconciliation"
        notice={unknownPeriod(params.of, chosen)}
        controls={<PeriodChoice periods={periods} chosen={chosen} />}
      >
        {chosen.period.id} <StateBadge state={chosen.state} /> Capacity × rate against what teams and the platform are
        charged: the residual has to be 0.
      </PageHeader>
      {audit.waiting.length > 0 && (
        <Notice>{`${audit.waiting.length} days changed and are not charged again yet.`}</Notice>
      )}
      <Outcome audit={audit} currency={settings.currency} />
      {audit.faults.length > 0 && <Faults faults={audit.faults} />}
      {groups.size === 0 ? (
        <Empty title="No GPU was metered in this period">Choose another period.</Empty>
      ) : (
        <Section title="By cluster and GPU model">
          <Ties
            rows={groups}
            first="Cluster, model"
            currency={settings.currency}
            link={(key) => href("/reconciliation", { of: chosen.period.id, place: key })}
          />
        </Section>
      )}
      {open && <DaysOf title={open} sum={groups.get(open) as TieSum} names={names} currency={settings.currency} />}
    </>
  );
}

function PeriodChoice({ periods, chosen }: { periods: readonly PeriodView[]; chosen: PeriodView }) {
  return (
    <ul aria-label="Period" className="no-print flex flex-wrap gap-1">
      {periods.slice(-6).map((p) => (
        <li key={`${p.period.id}-${p.period.fromDay}`}>
          <Link
            href={href("/reconciliation", { of: p.period.id })}
            prefetch={false}
            aria-current={p === chosen ? "true" : undefined}
            className={`inline-flex h-8 items-center rounded-md border px-2.5 text-sm ${p === chosen ? "border-accent font-medium" : "border-line-strong hover:bg-raised"}`}
          >
            {p.period.id}
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Outcome({ audit, currency }: { audit: Audit; currency: string }) {
  const sum = sumTies(audit.ties, () => "").get("");
  const money = (micros: number | undefined) => <Money micros={micros ?? 0} currency={currency} />;
  return (
    <Kpis
      items={[
        {
          label: "Capacity",
          value: <GpuHours milli={sum?.meteredMilli ?? 0} />,
          unit: "GPU-h",
          note: "in exactly one class each",
        },
        { label: "× rate", value: money(sum?.productMicros), note: "each product rounded once" },
        { label: "Charged", value: money(sum?.chargedMicros), note: "teams and platform" },
        {
          label: "Residual",
          value: `${sum?.residualMicros ?? 0}`,
          unit: "micro-units",
          note: `${sum?.residualMilli ?? 0} milli-GPU-seconds`,
        },
        {
          label: "Without a price",
          value: <GpuHours milli={sum?.unpricedMilli ?? 0} />,
          unit: "GPU-h",
          note: "charged to nobody",
        },
        {
          label: "Faults",
          value: String(audit.faults.length),
          note: audit.faults.length ? "see below" : `${audit.statements} statements proven`,
        },
      ]}
    />
  );
}

function Faults({ faults }: { faults: readonly string[] }) {
  return (
    <Section title="Faults" note="what does not hold, and where">
      <ul className="grid list-disc gap-1 pl-5 text-sm text-bad">
        {faults.slice(0, 100).map((fault) => (
          <li key={fault}>{fault}</li>
        ))}
      </ul>
    </Section>
  );
}

interface TiesProps {
  readonly rows: ReadonlyMap<string, TieSum>;
  readonly first: string;
  readonly currency: string;
  readonly link?: (key: string) => string;
}

function Ties({ rows, first, currency, link }: TiesProps) {
  return (
    <Table label={first} dense>
      <thead>
        <tr>
          <Th>{first}</Th>
          <Th right>Capacity, GPU-h</Th>
          <Th right>No price, GPU-h</Th>
          <Th right>Charged, GPU-h</Th>
          <Th right>Capacity × rate</Th>
          <Th right>Charged</Th>
          <Th right>Residual</Th>
        </tr>
      </thead>
      <tbody>
        {[...rows].map(([key, row]) => (
          <tr key={key} className="hover:bg-raised">
            <Td>{link ? <RowLink to={link(key)}>{key}</RowLink> : key}</Td>
            <Td right>
              <GpuHours milli={row.meteredMilli} />
            </Td>
            <Td right>
              {row.unpricedMilli > 0 ? (
                <span className="text-warn">
                  <GpuHours milli={row.unpricedMilli} />
                </span>
              ) : (
                "0"
              )}
            </Td>
            <Td right>
              <GpuHours milli={row.chargedMilli} />
            </Td>
            <Td right>
              <Money micros={row.productMicros} currency={currency} />
            </Td>
            <Td right>
              <Money micros={row.chargedMicros} currency={currency} />
            </Td>
            <Td right>
              <span className={row.residualMicros || row.residualMilli ? "font-medium text-bad" : ""}>
                {row.residualMicros}
              </span>
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

interface DaysProps {
  readonly title: string;
  readonly sum: TieSum;
  readonly names: Names;
  readonly currency: string;
}

/** One cluster and model, day by day and pool by pool. */
function DaysOf({ title, sum, names, currency }: DaysProps) {
  const rows = sumTies(sum.ties, (t) => `${dateOfKey(t.day)}, ${names.hardware.get(t.hardwareKey)?.nodePool ?? "?"}`);
  return (
    <Section id="days" title={`${title}: day by day`}>
      <Ties rows={rows} first="Day, node pool" currency={currency} />
    </Section>
  );
}
