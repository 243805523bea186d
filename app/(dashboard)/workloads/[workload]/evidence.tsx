import type { PageInput } from "@/app/page-input.ts";
import { StripChart } from "@/components/charts/strip.tsx";
import { formatMib, formatMoment, formatNumber, formatPercent, plural } from "@/components/format.ts";
import { href } from "@/components/href.ts";
import { Empty, Section } from "@/components/page-header.tsx";
import { drawn, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import { Switch } from "@/components/ui/switch.tsx";
import { env } from "@/lib/env.ts";
import { own } from "@/lib/order.ts";
import { loadStrips, STRIP_METRICS } from "@/lib/pages/strips.ts";
import type { Strip, StripGroup } from "@/lib/pages/types.ts";
import type { WorkloadDetail } from "@/lib/pages/workload.ts";
import { DAY, HOUR, type Interval } from "@/lib/time.ts";

const LABELS: Record<string, string> = {
  gpu_utilisation_percent: "Utilisation",
  gpu_memory_used_mib: "Memory used",
  sm_active_percent: "SM active",
};
const SPANS = [
  ["6h", "6 hours", 6 * HOUR],
  ["2d", "2 days", 2 * DAY],
  ["7d", "7 days", 7 * DAY],
] as const;

/** The samples themselves, card by card, at the end of the workload's time in the period. */
export async function Evidence({ input, detail, path }: { input: PageInput; detail: WorkloadDetail; path: string }) {
  if (!detail.range) return null;
  const span = SPANS.find(([key]) => key === input.params.strips) ?? SPANS[1];
  const end = Math.min(detail.range.end, input.now);
  const range = { start: Math.max(detail.range.start, end - span[2]), end };
  const { groups, count } = await loadStrips(
    input.ctx,
    { ...detail.facts, pods: detail.pods },
    range,
    env().METER_HOLD_STEPS,
  );
  return (
    <Section
      title="Samples"
      note={`${formatMoment(range.start, input.zone)} to ${formatMoment(range.end, input.zone)}; hatched where no sample came`}
      controls={
        <Switch
          label="Range of samples"
          options={SPANS.map(([key, label]) => ({
            label,
            active: key === span[0],
            href: href(path, input.params, { strips: key === "2d" ? undefined : key }),
          }))}
        />
      }
    >
      {groups.length === 0 ? (
        <Empty title="No samples are kept for this range">
          Samples are kept for a while, GPU-seconds for good. What this range was metered from may be gone, or never
          came: see its coverage.
        </Empty>
      ) : (
        <Strips groups={groups} range={range} zone={input.zone} />
      )}
      {count > groups.length && groups.length > 0 && (
        <p className="mt-2 text-xs text-faint">
          {formatNumber(groups.length)} of {plural(count, "card")} shown.
        </p>
      )}
    </Section>
  );
}

function Strips({ groups, range, zone }: { groups: readonly StripGroup[]; range: Interval; zone: string }) {
  const memoryTop = Math.max(
    1,
    ...groups.flatMap((g) => g.strips.filter((s) => s.metric === "gpu_memory_used_mib").map((s) => s.max ?? 0)),
  );
  const metrics = STRIP_METRICS.filter((m) => groups.some((g) => g.strips.some((s) => s.metric === m)));
  const topOf = (metric: string) => (metric === "gpu_memory_used_mib" ? memoryTop : 100);
  const columns: readonly TableColumn<StripGroup>[] = [
    text("card", "GPU", (g) => g.gpu || `${g.subjectKind} mean`, {
      ...{ look: ["cut"], hint: (g) => `${g.gpu || g.subject}, ${g.subject}`, note: placeOf },
    }),
    ...metrics.map((m) =>
      drawn<StripGroup>(
        m,
        `${own(LABELS, m) ?? m}, ${m === "gpu_memory_used_mib" ? `of ${formatMib(memoryTop)} peak` : "0–100 %"}`,
        (g) => <One strip={g.strips.find((s) => s.metric === m)} top={topOf(m)} range={range} zone={zone} />,
        { bare: false, look: ["bar"] },
      ),
    ),
  ];
  return <DataTable view={plainView("Samples by GPU", columns)} rows={groups} />;
}

const placeOf = (g: StripGroup): string => `${g.node || g.subject}${g.shared ? " · shared" : ""}`;

function One({ strip, top, range, zone }: { strip: Strip | undefined; top: number; range: Interval; zone: string }) {
  if (!strip) return <span className="text-xs text-faint">not measured</span>;
  const format = strip.metric === "gpu_memory_used_mib" ? formatMib : formatPercent;
  const known = strip.points.filter((p) => p[1] !== null).length;
  const label = `${own(LABELS, strip.metric) ?? strip.metric}, ${formatMoment(range.start, zone)} to ${formatMoment(range.end, zone)}: mean ${format(strip.mean)}, least ${format(strip.min)}, most ${format(strip.max)}; samples in ${formatPercent((100 * known) / strip.points.length)} of the range`;
  return (
    <span className="flex items-center gap-2">
      <StripChart strip={strip} top={top} label={label} />
      <span className="w-14 shrink-0 text-right text-xs text-soft" title="Mean">
        {format(strip.mean)}
      </span>
    </span>
  );
}
