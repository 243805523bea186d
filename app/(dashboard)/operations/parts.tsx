import { PageLink } from "@/app/page-link.tsx";
import { formatDay, formatMoney, formatNumber, formatPercent, formatSpan, plural } from "@/components/format.ts";
import { href } from "@/components/href.ts";
import { Kpis } from "@/components/kpis.tsx";
import { Money } from "@/components/money.tsx";
import { Section } from "@/components/page-header.tsx";
import { count, gpuHours, moneyIn, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import { changeMicros, formatQuantity, SKUS, type Sku, sumMicros } from "@/lib/money.ts";
import type { Operations, PriceHole, UnassignedProject } from "@/lib/pages/home/operations.ts";

interface Props {
  readonly page: Operations;
  readonly currency: string;
  readonly now: number;
}

/** Data, prices, rules and people at a glance. */
export function OperationKpis({ page, currency, now }: Props) {
  const { health, counts, holes, unassignedMicros, clusters } = page;
  const { lastRun } = health;
  const failed = lastRun?.status === "failed";
  const [since, missing] = completeness(clusters);
  return (
    <Kpis
      items={[
        {
          label: "Last sync",
          value: lastRun ? (
            <span className={failed ? "text-bad" : ""}>
              {lastRun.finishedAt === null ? "running" : `${formatSpan(now - lastRun.finishedAt)} ago`}
            </span>
          ) : (
            "never"
          ),
          note: lastRun ? (failed ? lastRun.error.slice(0, 80) || "failed" : lastRun.status) : "no sync has run",
        },
        {
          label: "Data",
          value:
            since === null ? (
              "–"
            ) : missing === 0 ? (
              <span className="text-good">✓ complete</span>
            ) : (
              plural(missing, "day")
            ),
          note:
            since === null ? "nothing is metered" : missing === 0 ? `since ${since}` : `not complete since ${since}`,
        },
        {
          label: "Open gaps",
          value: formatNumber(counts.openGaps),
          note: <PageLink to={href("/sync", {}, { status: "open" })}>retried automatically</PageLink>,
        },
        {
          label: "Without a price",
          value: formatNumber(holes.length),
          note: <PageLink to="/prices">{holes.length === 0 ? "all use has a price" : "charged to nobody"}</PageLink>,
        },
        {
          label: "Unassigned",
          value: <Money headline micros={unassignedMicros} currency={currency} />,
          note: <PageLink to="/teams">this month</PageLink>,
        },
        {
          label: "People and tokens",
          value: `${formatNumber(counts.activePeople)} · ${formatNumber(counts.tokens)}`,
          note: <PageLink to="/people">people · tokens that hold</PageLink>,
        },
      ]}
    />
  );
}

/** The first day that is shown, and how many days since lack metering, samples or have an open gap. */
function completeness(clusters: Operations["clusters"]): readonly [since: string | null, missing: number] {
  const days = clusters.flatMap((c) => c.days);
  const first = Math.min(...days.map((d) => d.day));
  const bad = new Set(days.filter((d) => !d.metered || d.openGaps > 0).map((d) => d.day));
  return Number.isFinite(first) ? [formatDay(first), bad.size] : [null, 0];
}

const holeColumns: readonly TableColumn<PriceHole>[] = [
  text("what", "What", (h) => (h.sku === "gpu" ? h.what : h.sku), { look: ["strong"] }),
  count("days", "Days", (h) => h.days),
  count("used", "Used", (h) => h.quantity, {
    lead: true,
    cell: (h) => `${formatQuantity(h.quantity, skuOf(h), 2)} ${SKUS[skuOf(h)].unit}`,
  }),
];
const skuOf = ({ sku }: PriceHole): Sku => (sku in SKUS ? sku : "gpu") as Sku;

/** Use of this month that no price covers. */
export function PriceHoles({ page }: Pick<Props, "page">) {
  return (
    <Section title="Without a price" note="used this month; charged to nobody, and not free">
      <DataTable
        view={plainView("Without a price", holeColumns)}
        rows={page.holes}
        empty={<p className="text-sm text-faint">All use of this month has a price.</p>}
      />
      {page.holes.length > 0 && (
        <p className="mt-2 text-xs">
          <PageLink to="/prices/propose">Propose prices</PageLink>
        </p>
      )}
    </Section>
  );
}

const unassignedColumns = (currency: string): readonly TableColumn<UnassignedProject>[] => [
  text("project", "Project", (p) => p.name, {
    look: ["cut"],
    link: (p) => `/projects/${p.key}`,
    note: (p) => p.cluster,
  }),
  gpuHours("hours", "GPU-hours", (p) => p.gpuMilli),
  moneyIn(currency)("cost", "Cost", (p: UnassignedProject) => p.micros, { lead: true }),
  text("rule", "Rule", () => "Create rule", {
    look: ["whole"],
    link: (p) => href("/teams/rules", {}, { kind: "project", pattern: p.name }),
  }),
];

/** What no rule assigns to a team. */
export function UnassignedSpend({ page, currency }: Omit<Props, "now">) {
  const shown = sumMicros(page.unassigned.map((p) => p.micros));
  const rest = changeMicros(page.unassignedMicros, shown);
  return (
    <Section title="Unassigned spend" note="this month; no rule assigns it to a team">
      <DataTable
        view={plainView("Unassigned projects", unassignedColumns(currency))}
        rows={page.unassigned}
        empty={
          <p className="text-sm text-faint">
            {page.holes.length > 0
              ? "Nothing that is charged is unassigned. Use without a price is not counted here."
              : "Every project that used GPUs this month belongs to a team."}
          </p>
        }
      />
      {rest > 0 && <p className="mt-2 text-xs text-soft">{`${formatMoney(rest, currency)} more in other projects.`}</p>}
    </Section>
  );
}

export const coverageWords = (percent: number | null): string =>
  percent === null ? "nothing was held" : `${formatPercent(percent)} of GPU time has samples`;
