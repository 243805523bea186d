import type { Metadata } from "next";
import Link from "next/link";
import { readInput, type Search } from "@/app/page-input";
import { RowLink, Table, Td, Th } from "@/components/data-table";
import { formatMoment, formatPercent } from "@/components/format";
import { href } from "@/components/href";
import { Money } from "@/components/money";
import { Empty, PageHeader, Section } from "@/components/page-header";
import { Unknown } from "@/components/quantity";
import { PERIOD_FORMATS, STATEMENT_FORMATS } from "@/lib/api/statement-files";
import { mayDo } from "@/lib/auth/allow";
import { closeSettingsOf, recoveryOf } from "@/lib/chargeback/close-settings";
import { nextToClose, type PeriodView } from "@/lib/chargeback/period";
import { loadPeriods } from "@/lib/chargeback/period-load";
import { loadPeriodTotals } from "@/lib/chargeback/period-totals-load";
import { listReviews } from "@/lib/chargeback/review-store";
import { loadStatements, type PeriodStatements } from "@/lib/chargeback/statement-load";
import type { Statement } from "@/lib/chargeback/types";
import { env } from "@/lib/env";
import { journalProblems } from "@/lib/exports/journal";
import { sumExactly } from "@/lib/money";
import { addDays, dateOfKey } from "@/lib/time";
import { percentOf } from "@/lib/units";
import { Downloads, StateBadge, unknownPeriod } from "./period-links";

export const metadata: Metadata = { title: "Statements" };

export default async function StatementsPage({ searchParams }: { searchParams: Search }) {
  const { ctx, params, zone, now } = await readInput(searchParams);
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
  const reviews = await listReviews(ctx.db, chosen.period.id, null);
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
        totals={await loadPeriodTotals(ctx, periods)}
        currency={settings.currency}
      />
      <Section
        id="teams"
        title={`${chosen.period.id}, by team`}
        note={<StateBadge state={chosen.state} />}
        controls={<PeriodDownloads loaded={loaded} />}
      >
        {loaded.statements.length === 0 ? (
          <Empty title="Nobody is charged anything in this period">
            Usage is charged once it has a price. <RowLink to="/prices">Look at the price book</RowLink>, then at{" "}
            <RowLink to="/teams">teams and their rules</RowLink>.
          </Empty>
        ) : (
          <>
            <Teams statements={loaded.statements} disputed={disputed} accepted={accepted} />
            <JournalProblems statements={loaded.statements} />
          </>
        )}
      </Section>
    </>
  );
}

function PeriodDownloads({ loaded: { view, statements } }: { loaded: PeriodStatements }) {
  if (statements.length === 0) return null;
  const files = Object.entries(PERIOD_FORMATS).map(([format, { label }]) => ({
    label,
    href: `/api/v1/periods/${view.period.id}/${format}`,
  }));
  return <Downloads label={`Files of ${view.period.id}, all teams`} files={files} />;
}

/** What finance would stumble over when it posts the journal. */
function JournalProblems({ statements }: { statements: readonly Statement[] }) {
  const problems = journalProblems(statements, recoveryOf(env()));
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

interface PeriodsProps {
  readonly periods: readonly PeriodView[];
  readonly chosen: PeriodView;
  readonly zone: string;
  readonly mayClose: boolean;
  readonly totals: ReadonlyMap<PeriodView, number | null>;
  readonly currency: string;
}

function Periods({ periods, chosen, zone, mayClose, totals, currency }: PeriodsProps) {
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

interface TeamsProps {
  readonly statements: readonly Statement[];
  readonly disputed: ReadonlySet<number>;
  readonly accepted: ReadonlySet<number>;
}

/** On a phone the total comes next to the team; its parts are on the statement. */
const WIDE = "hidden sm:table-cell";

function Teams({ statements, disputed, accepted }: TeamsProps) {
  const currency = statements[0]?.header.currency ?? "USD";
  return (
    <Table label="Statements by team">
      <thead>
        <tr>
          <Th>Team</Th>
          <Th className={WIDE}>Number</Th>
          <Th className={WIDE}>Cost centre</Th>
          <Th right className={WIDE}>
            Usage
          </Th>
          <Th right className={WIDE}>
            Shared
          </Th>
          <Th right className={WIDE}>
            Corrections
          </Th>
          <Th right>Total</Th>
          <Th right>From last</Th>
          <Th right>Coverage</Th>
          <Th>Team says</Th>
          <Th>Files</Th>
        </tr>
      </thead>
      <tbody>
        {statements.map(({ number, kind, header: h }) => (
          <tr key={h.team.key} className="hover:bg-raised">
            <Td>
              <RowLink to={`/statements/${h.period.id}/${h.team.key}`}>{h.team.name}</RowLink>
            </Td>
            <Td className={`whitespace-nowrap ${WIDE}`}>
              {number ?? <span className="text-faint">draft</span>}
              {kind === "credit-note" && <span className="ml-1 text-xs text-soft">credit note</span>}
            </Td>
            <Td className={WIDE}>{h.team.costCentre || <Unknown why="The team has no cost centre" />}</Td>
            <Td right className={WIDE}>
              <Money micros={h.usageMicros} currency={h.currency} />
            </Td>
            <Td right className={WIDE}>
              <Money micros={h.shareMicros + h.costMicros} currency={h.currency} />
            </Td>
            <Td right className={WIDE}>
              <Money micros={h.correctionMicros} currency={h.currency} />
            </Td>
            <Td right className="font-medium">
              <Money micros={h.totalMicros} currency={h.currency} />
            </Td>
            <Td right>
              <Money
                change
                micros={h.previousMicros === null ? null : h.totalMicros - h.previousMicros}
                currency={h.currency}
                why="There is no period before"
              />
            </Td>
            <Td right>{formatPercent(percentOf(h.observedMilli, h.expectedMilli))}</Td>
            <Td>{disputed.has(h.team.key) ? "disputed" : accepted.has(h.team.key) ? "accepted" : "–"}</Td>
            <Td>
              <span className="flex gap-2 pr-1 text-xs">
                {Object.entries(STATEMENT_FORMATS).map(([format, { label }]) => (
                  <a
                    key={format}
                    href={`/api/v1/statements/${h.period.id}/${h.team.key}/${format}`}
                    download
                    aria-label={`${h.team.name}, ${label}`}
                    className="hover:underline"
                  >
                    {label}
                  </a>
                ))}
              </span>
            </Td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr className="font-medium">
          <Td>All teams</Td>
          <Td className={WIDE}> </Td>
          <Td className={WIDE}> </Td>
          {(["usageMicros", "shared", "correctionMicros", "totalMicros"] as const).map((key) => (
            <Td key={key} right className={key === "totalMicros" ? "" : WIDE}>
              <Money
                micros={sumExactly(
                  statements.map(({ header: h }) => (key === "shared" ? h.shareMicros + h.costMicros : h[key])),
                )}
                currency={currency}
              />
            </Td>
          ))}
          <Td right> </Td>
          <Td right> </Td>
          <Td> </Td>
          <Td> </Td>
        </tr>
      </tfoot>
    </Table>
  );
}
