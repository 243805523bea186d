import { StripChart } from "@/components/charts/strip.tsx";
import { formatMib, formatMoment, formatNumber, formatPercent, plural } from "@/components/format.ts";
import { Empty } from "@/components/page-header.tsx";
import { own } from "@/lib/order.ts";
import type { FindingDetail } from "@/lib/pages/finding.ts";
import type { Strip, StripGroup } from "@/lib/pages/types.ts";

const LABELS: Readonly<Record<string, string>> = {
  gpu_utilisation_percent: "Utilisation",
  gpu_memory_used_mib: "Memory",
  sm_active_percent: "SM active",
  dram_active_percent: "DRAM active",
  tensor_active_percent: "Tensor active",
  power_watts: "Power",
};

/** Every family of signals of each card over one day, below each other on one time axis. */
export function EvidenceStrips({ detail, zone }: { detail: FindingDetail; zone: string }) {
  const { strips, range, finding } = detail;
  if (finding.workloadKey === 0) return null;
  if (strips.groups.length === 0)
    return <Empty title="No samples are kept of this time">Samples are kept for a while, findings for good.</Empty>;
  return (
    <>
      <div className="grid gap-6">
        {strips.groups.map((group) => (
          <Card key={`${group.subject} ${group.gpu}`} group={group} zone={zone} from={range.start} to={range.end} />
        ))}
      </div>
      <p className="mt-2 flex justify-between pl-24 text-2xs text-faint">
        <span>{formatMoment(range.start, zone)}</span>
        <span>{formatMoment(range.end, zone)}</span>
      </p>
      {strips.count > strips.groups.length && (
        <p className="mt-2 text-xs text-faint">
          {formatNumber(strips.groups.length)} of {plural(strips.count, "card")} shown.
        </p>
      )}
    </>
  );
}

interface CardProps {
  readonly group: StripGroup;
  readonly zone: string;
  readonly from: number;
  readonly to: number;
}

function Card({ group, zone, from, to }: CardProps) {
  const name = group.gpu || `${group.subjectKind} mean`;
  return (
    <figure aria-label={`Samples of ${name}`}>
      <figcaption className="mb-1 truncate text-xs text-soft" title={`${name}, ${group.subject}`}>
        {name} <span className="text-faint">{group.node || group.subject}</span>
      </figcaption>
      <div className="grid grid-cols-[5.25rem_minmax(0,1fr)_4rem] items-center gap-x-3 gap-y-1">
        {group.strips.map((strip) => (
          <Row key={strip.metric} strip={strip} span={`${formatMoment(from, zone)} to ${formatMoment(to, zone)}`} />
        ))}
      </div>
    </figure>
  );
}

function Row({ strip, span }: { strip: Strip; span: string }) {
  const percent = strip.metric.endsWith("_percent");
  const format =
    strip.metric === "gpu_memory_used_mib"
      ? formatMib
      : percent
        ? formatPercent
        : (value: number | null) => (value === null ? "–" : `${formatNumber(value)} W`);
  const name = own(LABELS, strip.metric) ?? strip.metric;
  const known = strip.points.filter((p) => p[1] !== null).length;
  const label = `${name}, ${span}: mean ${format(strip.mean)}, least ${format(strip.min)}, most ${format(strip.max)}; samples in ${formatPercent((100 * known) / strip.points.length)} of the time`;
  return (
    <>
      <span className="text-xs text-faint">{name}</span>
      <StripChart strip={strip} top={percent ? 100 : Math.max(1, strip.max ?? 1)} label={label} />
      <span className="text-right text-xs text-soft tabular-nums" title="Mean">
        {format(strip.mean)}
      </span>
    </>
  );
}
