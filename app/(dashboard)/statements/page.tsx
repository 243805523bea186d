import type { Metadata } from "next";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { RowLink } from "@/components/data-table.tsx";
import { Empty, PageHeader, Section } from "@/components/page-header.tsx";
import { PERIOD_FORMATS } from "@/lib/api/statement-files.ts";
import { mayDo } from "@/lib/auth/allow.ts";
import { loadPeriodTotals } from "@/lib/closing/totals-load.ts";
import { env } from "@/lib/env.ts";
import { journalProblems } from "@/lib/exports/journal.ts";
import { loadPeriods } from "@/lib/periods/load.ts";
import { nextToClose } from "@/lib/periods/period.ts";
import { closeSettingsOf, fileSettingsOf } from "@/lib/periods/settings.ts";
import { loadStatements } from "@/lib/statements/load.ts";
import { listReviews } from "@/lib/statements/review-store.ts";
import type { Statement } from "@/lib/statements/types.ts";
import { CostCentres } from "./cost-centres.tsx";
import { Downloads, StateBadge, unknownPeriod } from "./period-links.tsx";
import { Periods } from "./periods.tsx";
import { Teams } from "./teams.tsx";

export const metadata: Metadata = { title: "Statements" };

export default async function StatementsPage({ searchParams }: { searchParams: Search }) {
  const { ctx, params, zone, now } = await readInput(searchParams);
  needPage(ctx, "/statements");
  const settings = closeSettingsOf(env());
  const periods = await loadPeriods(ctx.db, settings, now);
  const chosen = periods.find((p) => p.period.id === params.of) ?? nextToClose(periods) ?? periods.at(-1);
  if (!chosen)
    return (
      <>
        <PageHeader title="Statements" />
        <Empty title="Nothing is metered yet">
          Periods begin with the first metered day. <RowLink to="/sync">See the sync</RowLink>.
        </Empty>
      </>
    );
  const loaded = await loadStatements(ctx, settings, chosen.period.id);
  const reviews = await listReviews(ctx, chosen.period.id, null);
  const disputed = new Set(reviews.filter((r) => r.verdict === "disputed").map((r) => r.teamKey));
  const accepted = new Set(reviews.filter((r) => r.verdict === "accepted" && r.lineKey === "").map((r) => r.teamKey));
  return (
    <>
      <PageHeader title="Statements" notice={unknownPeriod(params.of, chosen)}>
        What each team is charged, period by period. Days are of {settings.calendar.zone}; what is closed never changes.
      </PageHeader>
      <Periods
        periods={periods}
        chosen={chosen}
        zone={zone}
        mayClose={mayDo(ctx.viewer, "periods.close")}
        totals={await loadPeriodTotals(ctx, settings, periods)}
        currency={settings.currency}
      />
      <Section
        id="teams"
        title={`${chosen.period.id}, by team`}
        note={<StateBadge state={chosen.state} />}
        controls={loaded.statements.length > 0 && <PeriodDownloads period={chosen.period.id} />}
      >
        {loaded.statements.length === 0 ? (
          <Empty title="Nobody is charged anything in this period">
            Usage is charged once it has a price. <RowLink to="/prices">Look at the price book</RowLink>, then at{" "}
            <RowLink to="/teams">teams and their rules</RowLink>.
          </Empty>
        ) : (
          <>
            <Teams statements={loaded.statements} disputed={disputed} accepted={accepted} />
            <p className="mt-2 max-w-prose text-xs text-soft">
              Usage, shares and corrections are exact; each statement is rounded once to the minor unit, and totals are
              of rounded statements: what is booked.
            </p>
            <JournalProblems statements={loaded.statements} />
          </>
        )}
      </Section>
      <CostCentres period={chosen.period.id} statements={loaded.statements} />
    </>
  );
}

function PeriodDownloads({ period }: { period: string }) {
  const files = Object.entries(PERIOD_FORMATS).map(([format, { label }]) => ({
    label,
    href: `/api/v1/periods/${period}/${format}`,
  }));
  return <Downloads label={`Files of ${period}, all teams`} files={files} />;
}

/** What finance would stumble over when it posts the journal. */
function JournalProblems({ statements }: { statements: readonly Statement[] }) {
  const problems = journalProblems(statements, fileSettingsOf(env()));
  if (problems.length === 0) return null;
  return (
    <details className="mt-3 text-sm">
      <summary className="cursor-pointer text-soft hover:text-ink">
        Before the journal is posted: {problems.length} {problems.length === 1 ? "thing" : "things"} to settle
      </summary>
      <ul className="mt-1 list-disc pl-5 text-soft">
        {problems.map((problem) => (
          <li key={problem}>{problem}</li>
        ))}
      </ul>
    </details>
  );
}
