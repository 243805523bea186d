import { moneySettings } from "@/app/(dashboard)/prices/money.ts";
import type { PageInput } from "@/app/page-input.ts";
import { Figure, type Twin } from "@/components/charts/figure.tsx";
import { formatDay, formatGpuHours, formatMoney, formatMoneyChange, formatNumber } from "@/components/format.ts";
import { Kpis } from "@/components/kpis.tsx";
import { Money } from "@/components/money.tsx";
import { Empty, Section } from "@/components/page-header.tsx";
import { listTeams } from "@/lib/attribution/team-store.ts";
import { readerFor } from "@/lib/auth/allow.ts";
import { loadPlaces } from "@/lib/charges/day-load.ts";
import { type PriceEffect, type PricePreview, previewPrices } from "@/lib/previews/price.ts";
import type { Price } from "@/lib/pricing/types.ts";
import { Effects } from "./effects.tsx";

/** What the prices would change of the period: charged twice by the function that charges, written nowhere. */
export async function DryRun({ input, path, prices }: { input: PageInput; path: string; prices: readonly Price[] }) {
  const { ctx, period, params } = input;
  const money = moneySettings();
  if (!period.days)
    return (
      <Section title="Dry run">
        <Empty title="Choose whole days">
          Prices change by days: choose a period of whole days of the billing zone.
        </Empty>
      </Section>
    );
  const [shown, teams, places] = await Promise.all([
    previewPrices(ctx, prices, period.days, money),
    listTeams(readerFor(ctx, "prices.read")),
    loadPlaces(readerFor(ctx, "prices.read")),
  ]);
  const teamNames = new Map(teams.map((t) => [t.key, t.name]));
  const projectNames = new Map(places.projects.map((p) => [p.key, p.name]));
  const nameTeam = (key: number) => teamNames.get(key) ?? `team ${key}`;
  const nameProject = (key: number) => (key === 0 ? "no project" : (projectNames.get(key) ?? `project ${key}`));
  return (
    <Section title="Dry run" note="what the prices would change; nothing is written">
      {shown.days === 0 ? (
        <Empty title="They change no day of this period">
          No day from their first day on was metered in it. Choose another period above, such as last month.
        </Empty>
      ) : (
        <>
          <Kpis items={kpis(shown, money.currency)} />
          <Reach first={Math.min(...prices.map((p) => p.effectiveFrom))} days={period.days} />
          <Unpriced unpriced={shown.unpriced} />
          <div className="grid gap-8 xl:grid-cols-2">
            <EffectFigure
              title="By team"
              name={nameTeam}
              effects={shown.teams}
              currency={money.currency}
              twin={{ name: "teams", path, params }}
            />
            <EffectFigure
              title="By project"
              name={nameProject}
              effects={shown.projects}
              currency={money.currency}
              twin={{ name: "projects", path, params }}
            />
          </div>
        </>
      )}
    </Section>
  );
}

const kpis = ({ total, days }: PricePreview, currency: string) => [
  {
    label: "Current",
    value: <Money headline micros={total.beforeMicros} currency={currency} why="Nothing has a price" />,
  },
  { label: "Proposed", value: <Money headline micros={total.afterMicros} currency={currency} /> },
  { label: "Difference", value: <Money headline micros={total.changeMicros} currency={currency} change /> },
  { label: "Affected days", value: formatNumber(days) },
];

/** Which days the figures are of, where they are not those of the whole period, and where the others are. */
function Reach({ first, days }: { first: number; days: { readonly from: number; readonly until: number } }) {
  if (first === days.from) return null;
  return (
    <p className="mb-6 max-w-prose text-sm text-soft">
      {first > days.from
        ? `The prices hold from ${formatDay(first)} on: all figures are of the days from then on, not of the whole period.`
        : `The prices hold from ${formatDay(first)} on: days before this period change, too. Those of closed periods become corrections of the next one; choose an earlier period to see them.`}
    </p>
  );
}

function Unpriced({ unpriced }: { unpriced: PricePreview["unpriced"] }) {
  if (unpriced.length === 0) return null;
  return (
    <ul className="mb-6 grid gap-1 text-sm">
      {unpriced.map((u) => (
        <li key={u.gpuModel}>
          <span className="font-medium">{u.gpuModel}</span>:{" "}
          {u.afterMilli === 0
            ? `${formatGpuHours(u.beforeMilli)} GPU-hours without a price get one.`
            : `${formatGpuHours(u.afterMilli)} GPU-hours stay without a price${u.beforeMilli > u.afterMilli ? `, of ${formatGpuHours(u.beforeMilli)}` : ""}.`}
        </li>
      ))}
    </ul>
  );
}

interface FigureProps {
  readonly title: string;
  readonly effects: readonly PriceEffect[];
  readonly name: (key: number) => string;
  readonly currency: string;
  readonly twin: Twin;
}

function EffectFigure({ title, effects, name, currency, twin }: FigureProps) {
  const rows = effects.map((e) => ({ ...e, name: name(e.key) }));
  const up = rows.filter((r) => r.changeMicros > 0).length;
  const down = rows.filter((r) => r.changeMicros < 0).length;
  return (
    <div className="min-w-0">
      <h3 className="mb-2 text-sm font-semibold">{title}</h3>
      <Figure
        summary={`${title}: ${formatNumber(up)} would pay more, ${formatNumber(down)} less, ${formatNumber(rows.length - up - down)} the same.`}
        twin={twin}
        columns={[title.replace("By ", "").replace(/^./, (c) => c.toUpperCase()), "Current", "Proposed", "Difference"]}
        rows={() =>
          rows.map((r) => [
            r.name,
            r.beforeMicros === null ? null : formatMoney(r.beforeMicros, currency),
            r.afterMicros === null ? null : formatMoney(r.afterMicros, currency),
            formatMoneyChange(r.changeMicros, currency),
          ])
        }
      >
        <Effects rows={rows} currency={currency} />
      </Figure>
    </div>
  );
}
