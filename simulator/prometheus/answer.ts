import {
  aggregated,
  type EvalContext,
  instantValues,
  rangeValues,
  rawSamples,
  type Steps,
  selectAll,
} from "./evaluate.ts";
import type { Family, Labels, PromSeries } from "./family.ts";
import type { Query, Selector } from "./query.ts";
import { floatText, SampleWriter } from "./writer.ts";

type Select = Extract<Query, { kind: "select" }>;

/** A label set as JSON with sorted keys, as Prometheus writes it. */
export function metricJson(labels: Labels, name: string | null): string {
  const all = name === null ? labels : [...labels, ["__name__", name] as const].sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${all.map(([n, v]) => `${JSON.stringify(n)}:${JSON.stringify(v)}`).join(",")}}`;
}

/** The name survives plain selectors and `last_over_time`. */
function shownName(query: Select, family: Family): string | null {
  return query.over === null || query.over === "last" ? family.name : null;
}

/** One series' values over the steps, scaled or as floats. */
function writeSeries(
  context: EvalContext,
  query: Select,
  family: Family,
  s: PromSeries,
  steps: Steps,
  writer: SampleWriter,
): boolean {
  let any = false;
  const { over, selector } = query;
  if (over === null)
    instantValues(context, family, s, steps, (k, scaled) => {
      any = true;
      writer.scaled(steps.start + k * steps.step, scaled, family.decimals);
    });
  else
    rangeValues(context, family, s, steps, selector.rangeMs as number, over, (k, value) => {
      any = true;
      writer.float(steps.start + k * steps.step, value);
    });
  return any;
}

function each(context: EvalContext, selector: Selector, fromMs: number, toMs: number) {
  return selectAll(context, selector, fromMs, toMs).flatMap(({ family, series }) => series.map((s) => ({ family, s })));
}

function* matrixOfSeries(
  context: EvalContext,
  query: Select,
  steps: Steps,
  writer: SampleWriter,
): Generator<Uint8Array> {
  const last = steps.start + (steps.count - 1) * steps.step;
  const from = steps.start - (query.selector.rangeMs ?? context.lookbackMs);
  let first = true;
  for (const { family, s } of each(context, query.selector, from, last)) {
    // A series with samples in the time may still show at none of the steps.
    if (!showsAtAll(context, query, family, s, steps)) continue;
    writer.text(`${first ? "" : ","}{"metric":${metricJson(s.labels, shownName(query, family))},"values":[`);
    first = false;
    writer.open();
    writeSeries(context, query, family, s, steps, writer);
    writer.text("]}");
    yield* writer.drain();
  }
}

function showsAtAll(context: EvalContext, query: Select, family: Family, s: PromSeries, steps: Steps): boolean {
  let any = false;
  const mark = () => {
    any = true;
  };
  // Constants instead of values: only presence matters here.
  const cheap: Family = { ...family, at: () => 0 };
  if (query.over === null) instantValues(context, cheap, s, steps, mark);
  else {
    const over = query.over === "rate" ? query.over : "count";
    rangeValues(context, cheap, s, steps, query.selector.rangeMs as number, over, mark);
  }
  return any;
}

const HEAD = (type: string) => `{"status":"success","data":{"resultType":"${type}","result":[`;

/** The whole body of `/api/v1/query_range`, in chunks. */
export function* rangeBody(context: EvalContext, query: Query, steps: Steps): Generator<Uint8Array> {
  const writer = new SampleWriter();
  writer.text(HEAD("matrix"));
  if (query.kind === "constant") {
    writer.text('{"metric":{},"values":[');
    writer.open();
    for (let k = 0; k < steps.count; k++) writer.float(steps.start + k * steps.step, query.value);
    writer.text("]}");
  } else if (query.aggregate) {
    for (const [n, group] of aggregated(context, query, steps).entries()) {
      writer.text(`${n === 0 ? "" : ","}{"metric":${metricJson(group.labels, null)},"values":[`);
      writer.open();
      for (let k = 0; k < steps.count; k++)
        if ((group.counts[k] as number) > 0) writer.float(steps.start + k * steps.step, group.values[k] as number);
      writer.text("]}");
      yield* writer.drain();
    }
  } else yield* matrixOfSeries(context, query, steps, writer);
  writer.text("]}}");
  yield* writer.drain(true);
}

function stamp(ms: number): string {
  return ms % 1000 === 0 ? String(ms / 1000) : (ms / 1000).toFixed(3);
}

function* rawBody(context: EvalContext, query: Select, atMs: number): Generator<Uint8Array> {
  const writer = new SampleWriter();
  writer.text(HEAD("matrix"));
  const rangeMs = query.selector.rangeMs as number;
  let first = true;
  for (const { family, s } of each(context, query.selector, atMs - rangeMs, atMs)) {
    let opened = false;
    rawSamples(context, family, s, atMs, rangeMs, (ms, scaled) => {
      if (!opened) {
        writer.text(`${first ? "" : ","}{"metric":${metricJson(s.labels, family.name)},"values":[`);
        writer.open();
        opened = true;
        first = false;
      }
      writer.scaled(ms, scaled, family.decimals);
    });
    if (opened) writer.text("]}");
    yield* writer.drain();
  }
  writer.text("]}}");
  yield* writer.drain(true);
}

/** The whole body of `/api/v1/query`: a vector, or raw samples for a range selector. */
export function instantBody(context: EvalContext, query: Query, atMs: number): string | Iterable<Uint8Array> {
  if (query.kind === "constant")
    return `${HEAD("vector")}{"metric":{},"value":[${stamp(atMs)},"${floatText(query.value)}"]}]}}`;
  if (query.selector.rangeMs !== null && query.over === null) return rawBody(context, query, atMs);
  const steps: Steps = { start: atMs, step: 1000, count: 1 };
  const point = (metric: string, value: number) =>
    `{"metric":${metric},"value":[${stamp(atMs)},"${floatText(value)}"]}`;
  const out: string[] = [];
  if (query.aggregate)
    for (const g of aggregated(context, query, steps))
      out.push(point(metricJson(g.labels, null), g.values[0] as number));
  else {
    const from = atMs - (query.selector.rangeMs ?? context.lookbackMs);
    for (const { family, s } of each(context, query.selector, from, atMs)) {
      const push = (value: number) => out.push(point(metricJson(s.labels, shownName(query, family)), value));
      if (query.over)
        rangeValues(context, family, s, steps, query.selector.rangeMs as number, query.over, (_k, v) => push(v));
      else instantValues(context, family, s, steps, (_k, scaled) => push(scaled / 10 ** family.decimals));
    }
  }
  return `${HEAD("vector")}${out.join(",")}]}}`;
}
