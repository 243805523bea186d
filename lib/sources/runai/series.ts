import type { Answer, Series, SubjectKind } from "@/lib/sources/source.ts";
import { type Interval, parseInstant } from "@/lib/time.ts";
import { metricName } from "./metric-names.ts";
import type { MetricsAnswer } from "./metrics.ts";
import type { WireMeasurement } from "./wire.ts";

/** The subject of a metrics answer. */
export interface Subject {
  readonly clusterId: string;
  readonly subjectId: string;
  /** The kind of measurements without a `gpu` label, and of those with one. */
  readonly kind: SubjectKind;
  readonly perGpuKind: SubjectKind;
  readonly node?: string;
}

/**
 * A value as a number; null for `NaN`, infinities, empty and absent values, and for what stands for no value: negative
 * numbers (Run:ai reports -1) and the blanks of DCGM, which no measured quantity reaches.
 */
export function sampleValue(value: string | number | null | undefined): number | null {
  if (value === null || value === undefined || value === "") return null;
  const number = Number(value);
  return Number.isFinite(number) && number >= 0 && number < LEAST_BLANK && !BLANKS.has(number) ? number : null;
}

/** Blanks of DCGM and their error codes: of 32-bit integers and of floating point; and the least of 64-bit integers. */
const BLANKS: ReadonlySet<number> = new Set(
  [0, 1, 2, 3].flatMap((code) => [2_147_483_632 + code, 140_737_488_355_328 + code]),
);
const LEAST_BLANK = 2 ** 62;

/** The most that a percentage can be before it is no value, in percent. */
const MOST_PERCENT = 1000;

function gpuLabel(measurement: WireMeasurement): string {
  const label = measurement.labels?.gpu;
  return label === null || label === undefined ? "" : String(label);
}

interface Draft {
  readonly type: string;
  readonly gpu: string;
  readonly points: Map<number, number>;
}

/**
 * Measurements as series: one for each type and `gpu` label, in our units, instants ascending and unique within the
 * half-open window; the first value of an instant counts. Values are not clamped. Series without a point are left out.
 */
export function toSeries(answer: MetricsAnswer, subject: Subject, window: Interval): Answer<Series[]> {
  const drafts = new Map<string, Draft>();
  for (const measurement of answer.measurements) {
    const gpu = gpuLabel(measurement);
    const { metric, divisor } = metricName(measurement.type);
    const key = `${metric} ${gpu}`;
    const draft = drafts.get(key) ?? { type: measurement.type, gpu, points: new Map() };
    drafts.set(key, draft);
    for (const point of measurement.values ?? []) {
      const at = point.timestamp ? parseInstant(point.timestamp) : null;
      const value = sampleValue(point.value);
      if (at === null || value === null || (metric.endsWith("_percent") && value / divisor > MOST_PERCENT)) continue;
      if (at < window.start || at >= window.end) continue;
      if (!draft.points.has(at)) draft.points.set(at, value / divisor);
    }
  }
  const value: Series[] = [];
  for (const { type, gpu, points } of drafts.values()) {
    if (points.size === 0) continue;
    const sorted = [...points].sort((a, b) => a[0] - b[0]);
    value.push({
      clusterId: subject.clusterId,
      subjectKind: gpu ? subject.perGpuKind : subject.kind,
      subjectId: subject.subjectId,
      gpu,
      metric: metricName(type).metric,
      at: sorted.map(([at]) => at),
      value: sorted.map(([, v]) => v),
      ...(subject.node ? { node: subject.node } : {}),
    });
  }
  const missing = answer.missing.map(({ type, kind, cause }) => ({
    kind,
    subject: subject.subjectId,
    metric: metricName(type).metric,
    cause,
  }));
  return { value, missing };
}
