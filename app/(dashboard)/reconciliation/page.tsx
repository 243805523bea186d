import type { Metadata } from "next";
import Link from "next/link";
import { StateBadge, unknownPeriod } from "@/app/(dashboard)/statements/period-links.tsx";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { Narrow, RowLink, Table, Td, Th } from "@/components/data-table.tsx";
import { formatMoment } from "@/components/format.ts";
import { href } from "@/components/href.ts";
import { Kpis } from "@/components/kpis.tsx";
import { Money } from "@/components/money.tsx";
import { Empty, Notice, PageHeader, Section } from "@/components/page-header.tsx";
import { GpuHours } from "@/components/quantity.tsx";
import { countDueDays } from "@/lib/charges/due-store.ts";
import { sumTies, type TieSum } from "@/lib/closing/audit-table.ts";
import { loadOverlaps, loadTies, type Overlap } from "@/lib/closing/tie-load.ts";
import { env } from "@/lib/env.ts";
import { loadPeriods } from "@/lib/periods/load.ts";
import { nextToClose, type PeriodView } from "@/lib/periods/period.ts";
import { closeSettingsOf } from "@/lib/periods/settings.ts";
import { loadNames } from "@/lib/statements/draft-load.ts";
import type { Names } from "@/lib/statements/rows.ts";
import { dateOfKey } from "@/lib/time.ts";
import { ProofSection } from "./proof.tsx";
import { ToStatements } from "./to-statements.tsx";

const MOST_OVERLAPS = 100;

export const metadata: Metadata = { title: "Reconciliation" };

export default async function ReconciliationPage({ searchParams }: { searchParams: Search }) {
  const { ctx, params, now, zone } = await readInput(searchParams);
  needPage(ctx, "/reconciliation");
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
  const [ties, due, overlaps, names] = await Promise.all([
    loadTies(ctx, chosen.period, settings.calendar.zone),
    countDueDays(ctx.db, "open", chosen.period),
    loadOverlaps(ctx.db, chosen.period, MOST_OVERLAPS),
    loadNames(ctx.db),
  ]);
  const place = (key: number) => {
    const hardware = names.hardware.get(key);
    return `${names.clusters.get(hardware?.clusterId ?? "") ?? hardware?.clusterId ?? "?"}, ${hardware?.gpuModel ?? key}`;
  };
  const groups = sumTies(ties, (t) => place(t.hardwareKey));
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
      {due > 0 && (
        <Notice>{`${due} ${due === 1 ? "day" : "days"} changed since charges were made: the next sync makes them again.`}</Notice>
      )}
      <Outcome sum={sumTies(ties, () => "").get("")} currency={settings.currency} />
      {groups.size === 0 ? (
        <Empty title="No GPU was metered in this period">Choose another period.</Empty>
      ) : (
        <>
          <Section title="By cluster and GPU model">
            <Ties
              rows={groups}
              first="Cluster, model"
              currency={settings.currency}
              link={(key) => href("/reconciliation", { of: chosen.period.id, place: key })}
            />
          </Section>
          {open && <DaysOf title={open} sum={groups.get(open) as TieSum} names={names} currency={settings.currency} />}
          <ToStatements
            ctx={ctx}
            settings={settings}
            view={chosen}
            chargedMicros={sumTies(ties, () => "").get("")?.chargedMicros ?? 0}
          />
          <Overlaps overlaps={overlaps} zone={zone} />
          <ProofSection ctx={ctx} settings={settings} view={chosen} made={params.prove === "yes"} />
        </>
      )}
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

function Outcome({ sum, currency }: { sum: TieSum | undefined; currency: string }) {
  const money = (micros: number | undefined) => <Money micros={micros ?? 0} currency={currency} />;
  return (
    <Kpis
      items={[
        {
          label: "Capacity",
          value: <GpuHours milli={sum?.capacityMilli ?? 0} />,
          unit: "GPU-h",
          note: sum?.unclassedMilli ? (
            <span className="text-bad">{`${sum.unclassedMilli} milli-GPU-seconds are in no class`}</span>
          ) : (
            "in exactly one class each"
          ),
        },
        {
          label: "Overlap",
          value: <GpuHours milli={sum?.overlapMilli ?? 0} />,
          unit: "GPU-h",
          note: "held beyond capacity",
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
      ]}
    />
  );
}

interface TiesProps {
  readonly rows: ReadonlyMap<string, TieSum>;
  readonly first: string;
  readonly currency: string;
  readonly link?: (key: string) => string;
}

function Ties({ rows, first, currency, link }: TiesProps) {
  const overlap = [...rows.values()].some((row) => row.overlapMilli !== 0);
  return (
    <Table label={first} dense>
      <thead>
        <tr>
          <Th>{first}</Th>
          <Th right>Capacity, GPU-h</Th>
          {overlap && <Th right>Overlap, GPU-h</Th>}
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
            <Td>
              {link ? <RowLink to={link(key)}>{key}</RowLink> : key}
              <Narrow>
                <Money micros={row.chargedMicros} currency={currency} />, residual {row.residualMicros}
              </Narrow>
            </Td>
            <Td right>
              <GpuHours milli={row.capacityMilli} />
            </Td>
            {overlap && (
              <Td right>
                <GpuHours milli={row.overlapMilli} />
              </Td>
            )}
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
              <span
                title={`${row.residualMilli} milli-GPU-seconds`}
                className={row.residualMicros || row.residualMilli || row.unclassedMilli ? "font-medium text-bad" : ""}
              >
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

/** What was held beyond what there was: named, and never clamped away. */
function Overlaps({ overlaps, zone }: { overlaps: readonly Overlap[]; zone: string }) {
  if (overlaps.length === 0) return null;
  return (
    <Section
      title="Held beyond capacity, or on no known node"
      note={overlaps.length === MOST_OVERLAPS ? `the ${MOST_OVERLAPS} largest` : ""}
    >
      <Table label="Held beyond capacity, or on no known node" dense>
        <thead>
          <tr>
            <Th>When</Th>
            <Th>Cluster</Th>
            <Th>What</Th>
            <Th right>GPU-h</Th>
          </tr>
        </thead>
        <tbody>
          {overlaps.map((o) => (
            <tr key={`${o.bucketAt} ${o.cluster} ${o.subject}`}>
              <Td className="whitespace-nowrap">{formatMoment(o.bucketAt, zone)}</Td>
              <Td>{o.cluster}</Td>
              <Td className="break-words">{o.detail}</Td>
              <Td right>
                <GpuHours milli={o.milli} />
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Section>
  );
}
