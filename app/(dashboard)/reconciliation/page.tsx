import type { Metadata } from "next";
import { choosePeriod } from "@/app/(dashboard)/statements/chosen-period.ts";
import { StateBadge } from "@/app/(dashboard)/statements/period-links.tsx";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { PageLink } from "@/app/page-link.tsx";
import { formatDay } from "@/components/format.ts";
import { href, TRAVELLING } from "@/components/href.ts";
import { Kpis } from "@/components/kpis.tsx";
import { Money } from "@/components/money.tsx";
import { Empty, Notice, PageHeader } from "@/components/page-header.tsx";
import { GpuHours } from "@/components/quantity.tsx";
import { readerFor } from "@/lib/auth/allow.ts";
import { countDueDays } from "@/lib/charges/due-store.ts";
import { sumTies, type TieSum } from "@/lib/closing/audit-table.ts";
import { loadOverlaps, loadTies } from "@/lib/closing/tie-load.ts";
import { env } from "@/lib/env.ts";
import type { ExactMicros } from "@/lib/money.ts";
import { loadPeriods } from "@/lib/periods/load.ts";
import type { PeriodView } from "@/lib/periods/period.ts";
import { closeSettingsOf } from "@/lib/periods/settings.ts";
import { loadNames } from "@/lib/statements/draft-load.ts";
import type { Names } from "@/lib/statements/rows.ts";
import { Overlaps } from "./overlaps.tsx";
import { ProofSection } from "./proof.tsx";
import { type Tie, Ties } from "./ties.tsx";
import { ToStatements } from "./to-statements.tsx";

const MOST_OVERLAPS = 100;

export const metadata: Metadata = { title: "Reconciliation" };

export default async function ReconciliationPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/reconciliation");
  const { ctx, params, now, zone } = input;
  input.address.only([...TRAVELLING, "of", "place", "prove"]);
  const settings = closeSettingsOf(env());
  const periods = await loadPeriods(readerFor(ctx, "periods.audit"), settings, now);
  const choice = choosePeriod(input, periods);
  if (!choice)
    return (
      <>
        <PageHeader title="Reconciliation" />
        <Empty title="Nothing is metered yet">
          Reconciliation appears after the first sync.{" "}
          <PageLink to="/sync" otherwise={null}>
            See the sync
          </PageLink>
        </Empty>
      </>
    );
  const { chosen } = choice;
  const [ties, due, overlaps, names] = await Promise.all([
    loadTies(ctx, chosen.period, settings.calendar.zone),
    countDueDays(readerFor(ctx, "periods.audit"), "open", chosen.period),
    loadOverlaps(readerFor(ctx, "periods.audit"), chosen.period, MOST_OVERLAPS),
    loadNames(readerFor(ctx, "periods.audit")),
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
        notice={[choice.notice, input.notice].filter(Boolean).join(" ")}
        controls={<PeriodChoice periods={periods} chosen={chosen} />}
      >
        {chosen.period.id} <StateBadge state={chosen.state} /> Capacity × rate against what teams and the platform are
        charged: the residual must be 0.
      </PageHeader>
      {due > 0 && (
        <Notice>{`${due} ${due === 1 ? "day" : "days"} changed since they were charged: the next sync recalculates them.`}</Notice>
      )}
      <Outcome sum={sumTies(ties, () => "").get("")} currency={settings.currency} />
      {groups.size === 0 ? (
        <Empty title="No GPU was metered in this period">Choose another period.</Empty>
      ) : (
        <>
          <Ties
            title="By cluster and GPU model"
            rows={[...groups]}
            first="Cluster, model"
            currency={settings.currency}
            link={(key) => href("/reconciliation", { of: chosen.period.id, place: key })}
          />
          {open && (
            <Ties
              title={`${open}: day by day`}
              rows={daysOf(groups.get(open) as TieSum, names)}
              first="Day, node pool"
              currency={settings.currency}
            />
          )}
          <ToStatements
            ctx={ctx}
            settings={settings}
            view={chosen}
            chargedMicros={sumTies(ties, () => "").get("")?.chargedMicros ?? 0}
          />
          <Overlaps overlaps={overlaps} most={MOST_OVERLAPS} zone={zone} />
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
          <a
            href={href("/reconciliation", { of: p.period.id })}
            aria-current={p === chosen ? "true" : undefined}
            className={`inline-flex h-8 items-center rounded-md border px-2.5 text-sm ${p === chosen ? "border-accent font-medium" : "border-line-strong hover:bg-raised"}`}
          >
            {p.period.id}
          </a>
        </li>
      ))}
    </ul>
  );
}

function Outcome({ sum, currency }: { sum: TieSum | undefined; currency: string }) {
  const money = (micros: ExactMicros | undefined) => <Money micros={micros ?? 0} currency={currency} />;
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

/** One cluster and model, day by day and pool by pool. */
const daysOf = (sum: TieSum, names: Names): readonly Tie[] => [
  ...sumTies(sum.ties, (t) => `${formatDay(t.day)}, ${names.hardware.get(t.hardwareKey)?.nodePool ?? "?"}`),
];
