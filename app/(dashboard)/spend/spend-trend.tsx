import type { Ghost } from "@/components/charts/series.ts";
import { SeriesFigure } from "@/components/charts/series-figure.tsx";
import { daysText } from "@/components/days-text.ts";
import { formatMoney } from "@/components/format.ts";
import { href, type Params } from "@/components/href.ts";
import { Section } from "@/components/page-header.tsx";
import { Switch } from "@/components/ui/switch.tsx";
import { PLATFORM_TEAM } from "@/lib/attribution/types.ts";
import type { SpendPoint, SpendView } from "@/lib/pages/spend.ts";
import { GRAINS, type Grain } from "@/lib/reports/cost/cost-trend.ts";
import { dateOfKey, daysBetween } from "@/lib/time.ts";

const NAMES: Readonly<Record<Grain, string>> = { day: "Day", week: "Week", month: "Month" };

const labelOf = ({ fromDay }: SpendPoint, grain: Grain): string =>
  grain === "month" ? dateOfKey(fromDay).slice(0, 7) : dateOfKey(fromDay);

/** The days before, each over the day that it is compared with. */
function ghostOf({ pair, daysBefore, points, whole }: SpendView): Ghost | undefined {
  if (!pair || !daysBefore) return undefined;
  const values = points.map(({ fromDay }) => daysBefore[daysBetween(pair.now.from, fromDay)]);
  return {
    label: `${whole ? "Teams before" : "Before"}: ${daysText(pair.before)}`,
    values: values.map((v) => (v === undefined ? null : v / 1e6)),
  };
}

interface SpendTrendProps {
  readonly view: SpendView;
  readonly grain: Grain;
  readonly params: Params;
  /** The page that it is on. */
  readonly path?: string;
}

/** Spend over time by the dearest teams, and of the rest together. */
export function SpendTrend({ view, grain, params, path = "/spend" }: SpendTrendProps) {
  const { points, currency } = view;
  if (points.length === 0) return null;
  const names = new Map(view.teams.map((t) => [String(t.key), t.name]));
  return (
    <Section
      title="Over time"
      note={`${currency} per ${grain}`}
      controls={
        <Switch
          label="By"
          options={GRAINS.map((g) => ({
            label: NAMES[g],
            href: href(path, params, { grain: g }),
            active: g === grain,
          }))}
        />
      }
    >
      <SeriesFigure
        twin={{ name: "spend", path, params }}
        span={grain}
        points={points.map((p) => ({
          label: labelOf(p, grain),
          values: new Map(Object.entries(p.teams).map(([key, micros]) => [key, micros / 1e6])),
        }))}
        names={[...names.keys()]}
        capacity={view.whole ? String(PLATFORM_TEAM) : undefined}
        labelled={(key) => names.get(key) ?? key}
        ghost={ghostOf(view)}
        unit={currency}
        print={(value) => formatMoney(Math.round(value * 1e6), currency)}
      />
    </Section>
  );
}
