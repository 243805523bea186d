import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { mayOpen } from "@/app/may-open.ts";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { formatGpus, formatMoment, formatSpan } from "@/components/format.ts";
import { HoursStrip } from "@/components/hours-strip.tsx";
import { href, TRAVELLING, travelling } from "@/components/href.ts";
import { Kpis } from "@/components/kpis.tsx";
import { Money } from "@/components/money.tsx";
import { PageHeader, Section } from "@/components/page-header.tsx";
import { GpuHours } from "@/components/quantity.tsx";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView } from "@/components/tables/view.ts";
import { TextLink } from "@/components/ui/text-link.tsx";
import { env } from "@/lib/env.ts";
import { measuredText, repliesText } from "@/lib/insights/findings/replies.ts";
import { thresholdText } from "@/lib/insights/rules/threshold-text.ts";
import { own } from "@/lib/order.ts";
import { type FindingDetail, loadFinding } from "@/lib/pages/finding.ts";
import { findingColumns } from "../columns.tsx";
import { Acts } from "./acts.tsx";
import { Episodes, History } from "./history.tsx";
import { EvidenceStrips } from "./strips.tsx";

/** Families of evidence whose names are short forms. */
const KINDS: Readonly<Record<string, string>> = {
  ...{ sm: "SM", dram: "memory traffic", life: "time", scheduler: "allocation", others: "other cards" },
};

export const metadata: Metadata = { title: "Finding" };

export default async function FindingPage({
  params,
  searchParams,
}: {
  params: Promise<{ finding: string }>;
  searchParams: Search;
}) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/findings");
  input.address.only(TRAVELLING);
  const detail = await loadFinding(input.ctx, (await params).finding, env().METER_HOLD_STEPS);
  if (!detail) notFound();
  const { finding: f, rule, related } = detail;
  const { zone, now, ctx } = input;
  const carry = travelling(input.params);
  const { currency } = ctx.ledger;
  return (
    <>
      <PageHeader
        title={`${rule.title}: ${f.name}`}
        notice={input.notice}
        trail={[
          { label: "Findings", href: href("/findings", carry) },
          ...(f.workloadKey && mayOpen(input.ctx.viewer, "/workloads")
            ? [{ label: f.name, href: href(`/workloads/${f.workloadKey}`, carry) }]
            : []),
        ]}
      >
        <span className="flex flex-wrap gap-x-3">
          <strong className="font-medium">{f.state}</strong>
          {f.standingUntil !== null && f.state === "snoozed" && (
            <span>until {formatMoment(f.standingUntil, zone)}</span>
          )}
          <span>{[f.user, f.project, f.team].filter(Boolean).join(" · ") || f.cluster}</span>
          <span className="text-faint">
            since {formatMoment(f.sinceAt, zone)} ({formatSpan(Math.max(0, (f.resolvedAt ?? now) - f.sinceAt))})
          </span>
        </span>
      </PageHeader>
      <p className="mb-6 max-w-prose text-sm">
        {rule.meaning} <span className="text-soft">{detail.advice}</span>
        <span className="block text-faint">
          {rule.measured && `${measuredText(rule)}.`}
          {detail.replies && ` So far ${repliesText(detail.replies)}.`}
        </span>
      </p>
      <FindingKpis detail={detail} currency={currency} zone={zone} />
      <Section title="Evidence" note={`${f.points} points; rule version ${f.ruleVersion}`}>
        <ul className="mb-4 grid gap-1.5 text-sm">
          {f.evidence.map((e) => (
            <li key={`${e.kind} ${e.text}`} className="flex flex-wrap justify-between gap-x-6 border-b py-1.5">
              <span>
                <span className="mr-2 text-xs text-faint">{own(KINDS, e.kind) ?? e.kind}</span>
                {e.text}
              </span>
              <span className="text-xs text-faint">
                {e.points === 0 ? "context" : `${e.points} ${e.points === 1 ? "point" : "points"}`}
              </span>
            </li>
          ))}
        </ul>
        {detail.hours.length > 0 && (
          <div className="mb-3 flex items-center gap-3 text-xs text-faint">
            <span className="shrink-0">Last 24 h by class</span>
            <HoursStrip hours={detail.hours} />
          </div>
        )}
        <EvidenceStrips detail={detail} zone={zone} />
      </Section>
      <Acts detail={detail} input={input} />
      <Episodes finding={f} zone={zone} />
      <History events={detail.events} zone={zone} />
      {related.length > 0 && (
        <Section title="Similar findings" note="of this workload, or of this rule and person">
          <DataTable
            view={plainView(
              "Similar findings",
              findingColumns(currency).filter((c) => !c.extra),
              { zone, now, carry },
            )}
            rows={related}
            keyOf={(r) => r.id}
          />
        </Section>
      )}
    </>
  );
}

function FindingKpis({
  detail: { finding: f },
  currency,
  zone,
}: {
  detail: FindingDetail;
  currency: string;
  zone: string;
}) {
  return (
    <Kpis
      items={[
        {
          label: "Lost so far",
          value: <Money headline micros={f.costMicros} currency={currency} />,
          note: "priced by the day",
        },
        { label: "GPU time lost", value: <GpuHours milli={f.lostMilli} />, unit: "GPU-h" },
        {
          label: "An hour from now",
          value: (
            <Money headline micros={f.hourMicros} currency={currency} why="Nothing now, or no price is in force" />
          ),
        },
        {
          label: "GPUs concerned",
          value: f.nowMilli ? formatGpus(f.nowMilli) : "–",
          note: f.nowMilli ? "now" : "none now",
        },
        {
          label: "Found",
          value: formatMoment(f.openedAt, zone),
          note: `last seen ${formatMoment(f.lastSeenAt, zone)}`,
        },
        {
          label: "How it is judged",
          value: (
            <span className="whitespace-normal">
              <TextLink to="/help">{f.ruleTitle}</TextLink>
            </span>
          ),
          note: Object.entries(f.settings)
            .map(([name, value]) => thresholdText(name, value))
            .join(", "),
        },
      ]}
    />
  );
}
