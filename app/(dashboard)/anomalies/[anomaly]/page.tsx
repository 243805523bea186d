import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Verdicts } from "@/app/(dashboard)/anomalies/verdicts.tsx";
import { mayOpen } from "@/app/may-open.ts";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { Figure } from "@/components/charts/figure.tsx";
import { Lines } from "@/components/charts/lines.tsx";
import { formatDay } from "@/components/format.ts";
import { href, TRAVELLING, travelling } from "@/components/href.ts";
import { Kpis } from "@/components/kpis.tsx";
import { Money } from "@/components/money.tsx";
import { PageHeader, Section } from "@/components/page-header.tsx";
import { moneyIn, percent, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import { TextLink } from "@/components/ui/text-link.tsx";
import { CAUSES, type Contributor } from "@/lib/insights/anomalies/explain.ts";
import { mayJudge } from "@/lib/insights/anomalies/judge.ts";
import { type Anomaly, type AnomalyList, findAnomaly } from "@/lib/insights/anomalies/list.ts";
import { parseAnomalyId } from "@/lib/insights/anomalies/types.ts";
import { CAUSE_WORDS, MEASURE_WORDS, measureText, STATE_WORDS } from "@/lib/insights/anomalies/words.ts";
import { contributorText } from "@/lib/reports/insights/anomalies.ts";
import { dateOfKey } from "@/lib/time.ts";
import { daysOf } from "../columns.tsx";

export const metadata: Metadata = { title: "Anomaly" };

interface Props {
  readonly params: Promise<{ anomaly: string }>;
  readonly searchParams: Search;
}

export default async function AnomalyPage({ params, searchParams }: Props) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/anomalies");
  input.address.only([...TRAVELLING, "table"]);
  const name = parseAnomalyId((await params).anomaly);
  const found = name && (await findAnomaly(input.ctx, name));
  if (!found) notFound();
  const judges = await mayJudge(input.ctx, name);
  const { anomaly: a, projectNames } = found;
  const carry = travelling(input.params);
  const { currency } = input.ctx.ledger;
  const scopePath = a.scope.kind === "team" ? `/teams/${a.scope.key}` : `/projects/${a.scope.key}`;
  return (
    <>
      <PageHeader
        title={`${MEASURE_WORDS[a.measure]} of ${a.scope.name}, ${daysOf(a)}`}
        notice={input.notice}
        trail={[{ label: "Anomalies", href: href("/anomalies", carry) }]}
      >
        <span className="flex flex-wrap gap-x-3">
          <strong className="font-medium">{STATE_WORDS[a.state]}</strong>
          {a.reason && <span>{a.reason}</span>}
          {a.feedback && (
            <span>
              said {a.feedback.givenBy}
              {a.feedback.note && `: ${a.feedback.note}`}
            </span>
          )}
          {mayOpen(input.ctx.viewer, scopePath) && (
            <TextLink to={href(scopePath, carry)}>{`${a.scope.name} (${a.scope.kind})`}</TextLink>
          )}
        </span>
      </PageHeader>
      <AnomalyKpis of={a} currency={currency} />
      <Section title="Days around it">
        <Trace of={a} currency={currency} path={`/anomalies/${a.id}`} params={input.params} />
      </Section>
      <Why of={a} currency={currency} projectNames={projectNames} />
      {judges && (
        <Section title="What was it?" note="kept on record; what is expected or noise leaves the list">
          <Verdicts of={a} />
        </Section>
      )}
    </>
  );
}

function AnomalyKpis({ of: a, currency }: { of: Anomaly; currency: string }) {
  const words = (value: number) => measureText(a.measure, value, currency);
  return (
    <Kpis
      items={[
        {
          label: a.fromDay === a.throughDay ? "On this day" : "On its worst day",
          value: words(a.actual),
          note: formatDay(a.peakDay),
        },
        { label: "Expected", value: words(a.expected), note: `usual: ${words(a.lower)} to ${words(a.upper)}` },
        {
          label: "Worth",
          value: <Money headline micros={a.impactMicros} currency={currency} change />,
          note: "over all of its days",
        },
        {
          label: "How unusual",
          value: Number.isFinite(a.score) ? `${a.score.toFixed(1)} ×` : "never before",
          note: "the usual difference of a day",
        },
      ]}
    />
  );
}

const SERIES = [
  { key: "value", label: "Value", paint: "var(--accent)" },
  { key: "upper", label: "Usual at most", paint: "var(--ink-faint)", dashed: true },
  { key: "lower", label: "Usual at least", paint: "var(--ink-faint)", dashed: true },
];

function Trace({
  of: a,
  currency,
  path,
  params,
}: {
  of: Anomaly;
  currency: string;
  path: string;
  params: Readonly<Record<string, string | undefined>>;
}) {
  const scale = a.measure === "spend" ? 1e6 : a.measure === "gpu-hours" ? 3_600_000 : 1;
  const scaled = (value: number | null) => (value === null ? null : value / scale);
  const words = (value: number | null) => (value === null ? null : measureText(a.measure, value, currency));
  return (
    <Figure
      summary={`${MEASURE_WORDS[a.measure]} by day with the usual range; ${daysOf(a)} is outside of it. A broken line is a day that is not known.`}
      twin={{ name: "days", path, params }}
      columns={["Day", "Value", "Usual at least", "Usual at most"]}
      rows={() => a.values.map((v) => [formatDay(v.day), words(v.value), words(v.lower), words(v.upper)])}
    >
      <Lines
        rows={a.values.map((v) => ({
          label: dateOfKey(v.day),
          value: scaled(v.value),
          lower: scaled(v.lower),
          upper: scaled(v.upper),
        }))}
        series={SERIES}
        unit={a.measure === "spend" ? currency : a.measure === "gpu-hours" ? "GPU-h" : "%"}
        height={220}
      />
    </Figure>
  );
}

interface WhyProps {
  readonly of: Anomaly;
  readonly currency: string;
  readonly projectNames: AnomalyList["projectNames"];
}

function Why({ of: { explanation, peakDay, baseline, measure }, currency, projectNames }: WhyProps) {
  if (!explanation) return null;
  const { parts, changeMicros, contributors } = explanation;
  const shown = CAUSES.filter((c) => parts[c] !== 0);
  const money = moneyIn(currency);
  const columns: readonly TableColumn<Contributor>[] = [
    text("who", "Who", (c) => contributorText(c, projectNames), { look: ["strong", "wide"] }),
    percent("share", "Share of the change", (c) => c.sharePercent, { lead: true }),
    ...CAUSES.filter((cause) => contributors.some((c) => c.parts[cause] !== 0)).map((cause) =>
      money(cause, CAUSE_WORDS[cause], (c: Contributor) => c.parts[cause], { change: true }),
    ),
  ];
  return (
    <Section
      title="Why"
      note={`cost of ${formatDay(peakDay)} against the mean of the ${baseline.length} known days before`}
    >
      <dl className="mb-5 flex flex-wrap gap-x-8 gap-y-3 text-sm">
        <div>
          <dt className="text-xs text-faint">Change of cost</dt>
          <dd className="font-medium">
            <Money micros={changeMicros} currency={currency} change />
          </dd>
        </div>
        {shown.map((cause) => (
          <div key={cause}>
            <dt className="text-xs text-faint">{CAUSE_WORDS[cause]}</dt>
            <dd>
              <Money micros={parts[cause]} currency={currency} change />
            </dd>
          </div>
        ))}
      </dl>
      {contributors.length > 0 && (
        <DataTable
          view={plainView(
            measure === "utilisation" || measure === "efficiency"
              ? "Who held time that was not active"
              : "Contributors",
            columns,
          )}
          rows={contributors}
          keyOf={(c) => `${c.projectKey}/${c.user}/${c.gpuModel}`}
        />
      )}
    </Section>
  );
}
