import type { Metadata } from "next";
import { ChangesSince } from "@/app/(dashboard)/changes-since.tsx";
import { choosePeriod } from "@/app/(dashboard)/statements/chosen-period.ts";
import { Downloads, StateBadge } from "@/app/(dashboard)/statements/period-links.tsx";
import { listStatements, saidOf } from "@/app/(dashboard)/statements/teams.tsx";
import { type Waiting, WaitingList } from "@/app/(dashboard)/waiting.tsx";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { PageLink } from "@/app/page-link.tsx";
import { tableNames } from "@/app/table-input.ts";
import { formatDay, plural } from "@/components/format.ts";
import { href, TRAVELLING } from "@/components/href.ts";
import { Empty, PageHeader, Section } from "@/components/page-header.tsx";
import { List } from "@/components/tables/list.tsx";
import { ButtonLink } from "@/components/ui/button.tsx";
import { PERIOD_FORMATS } from "@/lib/api/statement-files.ts";
import { readerFor } from "@/lib/auth/allow.ts";
import { blocking } from "@/lib/closing/items.ts";
import { env } from "@/lib/env.ts";
import { type Billing, loadBilling } from "@/lib/pages/home/billing.ts";
import { loadPeriods } from "@/lib/periods/load.ts";
import { nextToClose, type PeriodView } from "@/lib/periods/period.ts";
import { closeSettingsOf } from "@/lib/periods/settings.ts";
import { listReviews } from "@/lib/statements/review-store.ts";
import { addDays } from "@/lib/time.ts";
import { BillingKpis, CorrectionsSection, TieSection } from "./parts.tsx";
import { Stepper } from "./stepper.tsx";

export const metadata: Metadata = { title: "Billing" };

/** The first page of finance: one billing period, what it comes to, and what is left to do. */
export default async function BillingPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/billing");
  const { ctx, now, zone, billingZone } = input;
  input.address.only([...TRAVELLING, ...tableNames(), "of"]);
  const settings = closeSettingsOf(env());
  const periods = await loadPeriods(readerFor(ctx, "periods.close"), settings, now);
  const choice = choosePeriod(input, periods);
  if (!choice)
    return (
      <>
        <PageHeader title="Billing" />
        <Empty title="Nothing is metered yet">
          The first billing period begins with the first metered day.{" "}
          <PageLink to="/prices">Prices can be set before</PageLink>.
        </Empty>
      </>
    );
  const view = choice.chosen;
  const { id, fromDay, untilDay } = view.period;
  const [billing, reviews] = await Promise.all([loadBilling(ctx, settings, id), listReviews(ctx, id, null)]);
  const currency = billing.statements[0]?.header.currency ?? settings.currency;
  const names = new Map(billing.statements.map(({ header: { team } }) => [`team/${team.key}`, team.name]));
  return (
    <>
      <PageHeader
        title={`Billing period ${id}`}
        notice={[choice.notice, input.notice].filter(Boolean).join(" ")}
        controls={<PeriodChoice periods={periods} chosen={view} />}
      >
        {formatDay(fromDay)} to {formatDay(addDays(untilDay, -1))} ({billingZone}) <StateBadge state={view.state} />
      </PageHeader>
      <Stepper view={view} zone={zone} blocking={blocking(billing.items, []).length} />
      <BillingKpis billing={billing} currency={currency} />
      <Section title="What needs a decision">
        <WaitingList items={waitingOf(billing, periods)} empty="Nothing waits for finance." />
        {view.state === "draft" && view === nextToClose(periods) && (
          <p className="mt-4">
            <ButtonLink href={href("/statements/close", { of: id })}>{`Check and close ${id}`}</ButtonLink>
          </p>
        )}
      </Section>
      <List
        title="Statements"
        note={`of ${id}, by team`}
        controls={billing.statements.length > 0 && <PeriodFiles period={id} />}
        {...listStatements(input, billing.statements, saidOf(reviews), "/billing")}
        foot="All teams"
        empty={
          <Empty title="Nobody is charged anything in this period">
            Usage is charged once it has a price. <PageLink to="/prices">Look at the price book</PageLink>.
          </Empty>
        }
      />
      <div className="mt-10 grid grid-cols-1 gap-x-12 gap-y-10 xl:grid-cols-2">
        <TieSection billing={billing} currency={currency} />
        <CorrectionsSection billing={billing} currency={currency} />
      </div>
      <ChangesSince changes={billing.changes} zone={zone} billingZone={billingZone} now={now} names={names} />
    </>
  );
}

/** What waits for finance: what is open in the period, price proposals, disputes of other periods, earlier periods. */
function waitingOf({ items, view, proposals, disputes }: Billing, periods: readonly PeriodView[]): Waiting[] {
  const weight = { must: "blocks", may: "blocks", warn: "know" } as const;
  const out: Waiting[] = items
    // A period that runs cannot be closed yet: that is no decision.
    .filter((i) => i.key !== "running" && i.key !== "grace" && i.key !== "empty")
    .map((i) => ({ key: i.key, weight: weight[i.weight], title: i.title, detail: i.detail, to: i.href, act: "Open" }));
  if (proposals > 0)
    out.push({
      ...{ key: "proposals", weight: "soon", to: "/prices", act: "Decide" },
      title: `${plural(proposals, "price proposal")} to decide`,
    });
  for (const { periodId, teamKey, team, count } of disputes.filter((d) => d.periodId !== view.period.id))
    out.push({
      ...{ key: `dispute:${periodId}/${teamKey}`, weight: "soon", act: "Answer" },
      ...{
        title: `${team} disputes ${plural(count, "line")} of ${periodId}`,
        to: `/statements/${periodId}/${teamKey}#reviews`,
      },
    });
  const next = nextToClose(periods);
  if (next && next.period.id !== view.period.id)
    out.push({
      ...{ key: "next", weight: "soon", act: "Check and close", to: href("/statements/close", { of: next.period.id }) },
      title: `${next.period.id} is over and not closed`,
    });
  return out;
}

function PeriodFiles({ period }: { period: string }) {
  const files = Object.entries(PERIOD_FORMATS).map(([format, { label }]) => ({
    ...{ label, href: `/api/v1/periods/${period}/${format}` },
  }));
  return <Downloads label={`Files of ${period}, all teams`} files={files} />;
}

function PeriodChoice({ periods, chosen }: { periods: readonly PeriodView[]; chosen: PeriodView }) {
  return (
    <ul aria-label="Period" className="no-print flex flex-wrap gap-1">
      {periods.slice(-6).map((p) => (
        <li key={`${p.period.id}-${p.period.fromDay}`}>
          <a
            href={href("/billing", { of: p.period.id })}
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
