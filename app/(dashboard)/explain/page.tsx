import type { Metadata } from "next";
import { mayOpen } from "@/app/may-open.ts";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { PageLink } from "@/app/page-link.tsx";
import { ClassName } from "@/components/class-bar.tsx";
import { Coverage } from "@/components/coverage.tsx";
import { daysText } from "@/components/days-text.ts";
import { formatDay, formatMoney } from "@/components/format.ts";
import { href } from "@/components/href.ts";
import { Money } from "@/components/money.tsx";
import { Empty, Notice, PageHeader, Section } from "@/components/page-header.tsx";
import { PeriodControl } from "@/components/period-control.tsx";
import { count, gpuHours, moneyIn, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView } from "@/components/tables/view.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { type ExplainedCorrection, type Explanation, loadExplanation } from "@/lib/reports/explain/explain.ts";
import { parseExplain } from "@/lib/reports/explain/query.ts";
import { wholeDaysOf } from "@/lib/reports/read/cost-scope.ts";
import { percentOf } from "@/lib/units.ts";
import { ExplainEvidence } from "./explain-evidence.tsx";
import { ExplainLines } from "./explain-lines.tsx";
import { ExplainRounding } from "./explain-rounding.tsx";

export const metadata: Metadata = { title: "Explain" };

/** What an amount is of whose workload, project and team have no names to show. */
function scopeText(query: object, { viewer }: Ctx): string {
  if (["workload", "project", "team"].some((key) => key in query))
    return "of what is not there, or is not yours to see";
  return viewer.projects === "all" ? "the whole ledger" : "all that you may see";
}

export default async function ExplainPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/explain");
  const { cluster: _, ...params } = input.params;
  let explanation: Explanation;
  let query: ReturnType<typeof parseExplain>;
  try {
    query = parseExplain(params);
    explanation = await loadExplanation(input.ctx, query, wholeDaysOf(input.period));
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "internal") throw error;
    return (
      <>
        <PageHeader title="Explain" notice={input.notice} />
        <Notice>{error.message}</Notice>
      </>
    );
  }
  const { currency, totalMicros } = explanation;
  const of = [
    explanation.workload,
    explanation.project && `project ${explanation.project}`,
    explanation.team && `team ${explanation.team}`,
  ]
    .filter(Boolean)
    .join(", ");
  return (
    <>
      <PageHeader
        title={
          <>
            <Money
              micros={
                explanation.lines.length || explanation.shares.length || explanation.corrections.length
                  ? totalMicros
                  : null
              }
              currency={currency}
              why="Nothing is charged here"
            />
            <span className="ml-3 text-base font-normal text-soft">{of || scopeText(query, input.ctx)}</span>
          </>
        }
        notice={input.notice}
        trail={[{ label: "Spend", href: href("/spend", { from: params.from, to: params.to }) }]}
        controls={<PeriodControl input={input} />}
      >
        Where this amount comes from, {daysText(explanation.days)} ({input.billingZone}).{" "}
        <a
          className="underline decoration-line-strong underline-offset-2 hover:text-ink"
          href={href("/api/v1/explain", params)}
        >
          As JSON
        </a>
      </PageHeader>
      {![explanation.lines, explanation.shares, explanation.corrections, explanation.correctedLater].some(
        (list) => list.length > 0,
      ) ? (
        <Empty title="Nothing is charged here">
          No price covers it, it is not charged yet, or it used nothing in these days.{" "}
          <PageLink to="/prices" otherwise={null}>
            Prices
          </PageLink>
        </Empty>
      ) : (
        <>
          <ExplainLines explanation={explanation} prices={mayOpen(input.ctx.viewer, "/prices")} />
          {explanation.roundings.map((r) => (
            <ExplainRounding key={`${r.hardwareKey}/${r.unitPriceNanos}`} rounding={r} currency={currency} />
          ))}
          <Classes explanation={explanation} />
          <Shares explanation={explanation} />
          <Corrections explanation={explanation} />
          {explanation.evidence && (
            <ExplainEvidence
              evidence={explanation.evidence}
              days={explanation.days}
              zone={input.zone}
              samples={mayOpen(input.ctx.viewer, "/workloads")}
            />
          )}
        </>
      )}
    </>
  );
}

type ExplainedClass = Explanation["classes"][number];
type ExplainedShare = Explanation["shares"][number];

function Classes({ explanation: { classes, currency, observedMilli, expectedMilli } }: { explanation: Explanation }) {
  if (classes.length === 0) return null;
  return (
    <Section
      title="Quantities by class"
      note={
        <Coverage
          label
          percent={percentOf(observedMilli, expectedMilli)}
          observedMilli={observedMilli}
          expectedMilli={expectedMilli}
        />
      }
    >
      <DataTable
        view={plainView("Quantities by class", [
          text<ExplainedClass>("class", "Class", (c) => c.class, { cell: (c) => <ClassName of={c.class} /> }),
          gpuHours<ExplainedClass>("hours", "GPU-hours", (c) => c.milli, { total: true }),
          moneyIn(currency)<ExplainedClass>("amount", "Amount", (c) => c.micros, { total: true, lead: true }),
        ])}
        rows={classes}
      />
    </Section>
  );
}

function Shares({ explanation: { shares, currency } }: { explanation: Explanation }) {
  if (shares.length === 0) return null;
  return (
    <Section title="Shares and imported cost" note="by the policies in force on each day">
      <DataTable
        view={plainView("Shares and imported cost", [
          text<ExplainedShare>("of", "Of", (s) => (s.costClass === "shared" ? "imported cost" : s.costClass)),
          text<ExplainedShare>("cluster", "Cluster", (s) => s.cluster || "all"),
          text<ExplainedShare>("method", "Split by", (s) => (s.method === "direct" ? "names its team" : s.method)),
          count<ExplainedShare>("days", "Days", (s) => s.days),
          moneyIn(currency)<ExplainedShare>("amount", "Amount", (s) => s.amountMicros, { total: true, lead: true }),
        ])}
        rows={shares}
      />
    </Section>
  );
}

function Corrections({ explanation: { corrections, correctedLater, currency } }: { explanation: Explanation }) {
  return (
    <>
      <CorrectionList
        title="Corrections"
        note="of closed periods and settled disputes, booked within these days: part of the amount above"
        {...{ rows: corrections, currency }}
      />
      <CorrectionList
        title="Corrected later"
        note="what these days came to after their period was closed; not in the amount above"
        {...{ rows: correctedLater, currency }}
      />
    </>
  );
}

interface CorrectionListProps {
  readonly title: string;
  readonly note: string;
  readonly rows: readonly ExplainedCorrection[];
  readonly currency: string;
}

function CorrectionList({ title, note, rows, currency }: CorrectionListProps) {
  if (rows.length === 0) return null;
  return (
    <Section title={title} note={note}>
      <ul className="text-sm">
        {rows.map((c, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two corrections of a day may be the same in every field
          <li key={i} className="border-b py-1.5">
            {c.originDay ? formatDay(c.originDay) : "A dispute"}: {formatMoney(c.amountMicros, currency)} – {c.reason}
            {c.bookedIn ? ` (booked in ${c.bookedIn})` : " (not booked yet)"}
          </li>
        ))}
      </ul>
    </Section>
  );
}
