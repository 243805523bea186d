import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Downloads, StateBadge } from "@/app/(dashboard)/statements/period-links.tsx";
import { TeamParts } from "@/app/(dashboard)/teams/[team]/team-parts.tsx";
import { mayOpen } from "@/app/may-open.ts";
import { needPage } from "@/app/need-page.ts";
import { decodedPart, readInput, type Search } from "@/app/page-input.ts";
import { PageLink } from "@/app/page-link.tsx";
import { titleOf } from "@/app/page-title.ts";
import { Facts } from "@/components/facts.tsx";
import { formatDay, formatMoment, formatPercent } from "@/components/format.ts";
import { Kpis } from "@/components/kpis.tsx";
import { ExactMoney, Money } from "@/components/money.tsx";
import { Notice, PageHeader, Section } from "@/components/page-header.tsx";
import { Unknown } from "@/components/quantity.tsx";
import { STATEMENT_FORMATS } from "@/lib/api/statement-files.ts";
import { env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";
import { loadTeamHome } from "@/lib/pages/home/team-home.ts";
import { closeSettingsOf } from "@/lib/periods/settings.ts";
import { loadStatement } from "@/lib/statements/load.ts";
import { listReviews } from "@/lib/statements/review-store.ts";
import type { Statement } from "@/lib/statements/types.ts";
import { overrideWords } from "@/lib/statements/words.ts";
import { addDays } from "@/lib/time.ts";
import { percentOf } from "@/lib/units.ts";
import { Charts } from "./charts.tsx";
import { Lines } from "./lines.tsx";
import { Reviews } from "./reviews.tsx";

type Named = { params: Promise<{ period: string; team: string }>; searchParams: Search };

export async function generateMetadata({ params }: Pick<Named, "params">): Promise<Metadata> {
  const { period, team } = await params;
  const { title } = await titleOf("team", team);
  return { title: `${String(title).replace(" · Team", "")} · Statement of ${decodedPart(period)}` };
}

export default async function StatementPage({ params: place, searchParams }: Named) {
  const { ctx, zone, params } = await readInput(searchParams);
  needPage(ctx, "/statements");
  const { period: id, team } = await place;
  if (!/^[1-9]\d{0,14}$/.test(team)) notFound();
  const settings = closeSettingsOf(env());
  const loaded = await loadStatement(ctx, settings, decodedPart(id), Number(team)).catch((error) => {
    if (error instanceof AppError && error.code === "not_found") notFound();
    throw error;
  });
  const { statement, view } = loaded;
  const { header: h } = statement;
  const [reviews, home] = await Promise.all([
    listReviews(ctx, h.period.id, h.team.key),
    loadTeamHome(ctx, h.team.key, { from: h.period.fromDay, until: h.period.untilDay }),
  ]);
  const files = Object.entries(STATEMENT_FORMATS).map(([format, { label }]) => ({
    label,
    href: `/api/v1/statements/${h.period.id}/${h.team.key}/${format}`,
  }));
  return (
    <article>
      <PageHeader
        title={`${h.team.name}, ${h.period.id}`}
        trail={[{ label: "Statements", href: `/statements?of=${h.period.id}` }]}
        controls={<Downloads label="This statement as a file" files={files} />}
      >
        {statement.number} <StateBadge state={statement.state} /> {statement.kind === "credit-note" && "credit note"}
      </PageHeader>
      {statement.state !== "closed" && (
        <Notice>This is a draft of what is known now. Its figures may change until {h.period.id} is closed.</Notice>
      )}
      <Summary statement={statement} />
      <Head statement={statement} zone={zone} />
      <Charts header={h} params={params} />
      <Lines statement={statement} />
      <TeamParts
        home={home}
        currency={h.currency}
        carry={{ period: h.period.id }}
        open={mayOpen(ctx.viewer, "/workloads")}
      />
      <Reviews statement={statement} reviews={reviews} viewer={ctx.viewer} zone={zone} closed={view.close !== null} />
      <Computed statement={statement} />
    </article>
  );
}

function Summary({ statement: { header: h } }: { statement: Statement }) {
  const money = (micros: number) => <Money micros={micros} currency={h.currency} />;
  const change = h.previousMicros === null ? null : h.totalMicros - h.previousMicros;
  return (
    <Kpis
      items={[
        {
          label: "Total",
          value: money(h.roundedMicros),
          note: (
            <>
              <ExactMoney micros={h.totalMicros} currency={h.currency} /> rounded once
              {change !== null && (
                <>
                  , <Money change micros={change} currency={h.currency} /> from last period
                </>
              )}
            </>
          ),
        },
        { label: "Usage", value: money(h.usageMicros) },
        { label: "Shared and imported", value: money(h.shareMicros + h.costMicros) },
        { label: "Corrections", value: money(h.correctionMicros) },
        {
          label: "Idle",
          value: money(h.idleMicros),
          note: `${formatPercent(percentOf(h.idleMicros, h.usageMicros))} of usage`,
        },
        {
          label: "Coverage",
          value: formatPercent(percentOf(h.observedMilli, h.expectedMilli)),
          note: "of GPU time was observed",
        },
      ]}
    />
  );
}

function Head({ statement: { header: h, closedAt, generatedAt }, zone }: { statement: Statement; zone: string }) {
  const { team, period } = h;
  return (
    <Facts
      items={[
        ["Issuer", h.issuer],
        ["Period", `${formatDay(period.fromDay)} to ${formatDay(addDays(period.untilDay, -1))}`],
        ["Time zone", h.billingTimeZone],
        ["Cost centre", team.costCentre || <Unknown key="c" why="The team has no cost centre" />],
        ["GL account", team.glAccount || <Unknown key="g" why="The team has no account" />],
        ["Owner", team.owner || <Unknown key="o" why="The team names no owner" />],
        ["Fiscal year", String(period.fiscalYear)],
        [closedAt ? "Issued" : "As of", formatMoment(closedAt ?? generatedAt, zone)],
        ["Currency", h.currency],
      ]}
    />
  );
}

/** How it was made: enough for an auditor to make it again. */
function Computed({ statement: { header: h, hash } }: { statement: Statement }) {
  return (
    <Section title="How it was computed">
      <ul className="grid max-w-prose list-disc gap-1.5 pl-5 text-sm text-soft marker:text-faint">
        {h.policies.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
        {h.overrides.map((override) => (
          <li key={override.item}>
            Closed in spite of an open item: {Object.values(overrideWords(override)).filter(Boolean).join(". ")} Reason:{" "}
            {override.reason} ({override.by})
          </li>
        ))}
        {h.dispute && <li>{h.dispute}</li>}
        <li>
          Days, hardware and prices behind it:{" "}
          <PageLink to={`/reconciliation?of=${h.period.id}`}>reconciliation of {h.period.id}</PageLink>.
        </li>
      </ul>
      {hash && (
        <p className="mt-3 text-xs text-faint">
          SHA-256 <code className="break-all">{hash}</code>
        </p>
      )}
    </Section>
  );
}
