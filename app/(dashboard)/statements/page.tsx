import type { Metadata } from "next";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { PageLink } from "@/app/page-link.tsx";
import { tableNames } from "@/app/table-input.ts";
import { TRAVELLING } from "@/components/href.ts";
import { Empty, PageHeader } from "@/components/page-header.tsx";
import { List } from "@/components/tables/list.tsx";
import { PERIOD_FORMATS } from "@/lib/api/statement-files.ts";
import { readerFor } from "@/lib/auth/allow.ts";
import { env } from "@/lib/env.ts";
import { journalProblems } from "@/lib/exports/journal.ts";
import { loadPeriods } from "@/lib/periods/load.ts";
import { closeSettingsOf, fileSettingsOf } from "@/lib/periods/settings.ts";
import type { Statement } from "@/lib/statements/types.ts";
import { choosePeriod } from "./chosen-period.ts";
import { CostCentres } from "./cost-centres.tsx";
import { readPeriods, readStatements } from "./lists.ts";
import { Downloads, StateBadge } from "./period-links.tsx";
import { PERIODS } from "./periods.tsx";

export const metadata: Metadata = { title: "Statements" };

export default async function StatementsPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/statements");
  const { ctx, now } = input;
  input.address.only([...TRAVELLING, ...tableNames(), ...tableNames(PERIODS), "of"]);
  const settings = closeSettingsOf(env());
  const periods = await loadPeriods(readerFor(ctx, "statements.read"), settings, now);
  const choice = choosePeriod(input, periods);
  if (!choice)
    return (
      <>
        <PageHeader title="Statements" />
        <Empty title="Nothing is metered yet">
          Periods begin with the first metered day.{" "}
          <PageLink to="/sync" otherwise={null}>
            See the sync
          </PageLink>
        </Empty>
      </>
    );
  const { chosen } = choice;
  const { id } = chosen.period;
  const { statements, teams } = await readStatements(input, id);
  const list = await readPeriods(input, periods);
  return (
    <>
      <PageHeader title="Statements" notice={[choice.notice, input.notice].filter(Boolean).join(" ")}>
        What each team is charged, period by period. Days are of {settings.calendar.zone}; what is closed never changes.
      </PageHeader>
      <List title="Billing periods" {...list} markOf={(v) => (v === chosen ? "current" : undefined)} empty={null} />
      <List
        id="teams"
        title={`${id}, by team`}
        note={<StateBadge state={chosen.state} />}
        controls={statements.length > 0 && <PeriodDownloads period={id} />}
        {...teams}
        foot="All teams"
        empty={
          <Empty title="Nobody is charged anything in this period">
            Usage is charged once it has a price. <PageLink to="/prices">Look at the price book</PageLink>, then at{" "}
            <PageLink to="/teams">teams and their rules</PageLink>.
          </Empty>
        }
      >
        {statements.length > 0 && (
          <p className="mt-2 max-w-prose text-xs text-soft">
            Usage, shares and corrections are exact; each statement is rounded once to the minor unit, and totals are of
            rounded statements: what is booked.
          </p>
        )}
        <JournalProblems statements={statements} />
      </List>
      <CostCentres period={id} statements={statements} />
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
