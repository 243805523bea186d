import { hashText, mix } from "@/simulator/random.ts";
import type { Family, Labels, PromSeries, SeriesPiece } from "./family.ts";
import { type Aggregate, ANY, type Matcher, type Query, type RangeFunction, type Selector } from "./query.ts";

/** What evaluation needs to know of the server. Times are milliseconds. */
export interface EvalContext {
  readonly families: ReadonlyMap<string, () => Family>;
  readonly stepSeconds: number;
  readonly nowMs: number;
  readonly oldestMs: number;
  /** A series that vanished ends at the next scrape (true: scraped) or lingers for the lookback (false: back-filled). */
  readonly staleMarkers: boolean;
  readonly lookbackMs: number;
  /** Prometheus 3: ranges and lookback exclude their left edge. */
  readonly leftOpen: boolean;
  readonly gapRate: number;
}

/** `start + n·step` for n in 0..count-1. */
export interface Steps {
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

function matcherTest(m: Matcher): (value: string) => boolean {
  if (m.op === "=") return (v) => v === m.value;
  if (m.op === "!=") return (v) => v !== m.value;
  const pattern = new RegExp(`^(?:${m.value})$`, "s");
  return m.op === "=~" ? (v) => pattern.test(v) : (v) => !pattern.test(v);
}

function labelValue(labels: Labels, name: string): string {
  for (const [n, v] of labels) if (n === name) return v;
  return "";
}

/** Series of the selector that have a sample in `[fromMs, toMs]`, in label order. @throws SyntaxError for a bad regular expression. */
export function select(context: EvalContext, selector: Selector, fromMs: number, toMs: number): Selected | null {
  const family = context.families.get(selector.metric)?.();
  const tests = selector.matchers.map((m) => ({ name: m.name, test: matcherTest(m) }));
  if (!family) return null;
  const g = context.stepSeconds * 1000;
  const from = Math.ceil(Math.max(fromMs, context.oldestMs) / g);
  const to = Math.floor(Math.min(toMs, context.nowMs) / g);
  const { first, last } = edgesOf(family);
  const found = family.series.filter(
    (s, n) =>
      (first[n] as number) <= to &&
      (last[n] as number) > from &&
      tests.every((t) => t.test(t.name === "__name__" ? family.name : labelValue(s.labels, t.name))),
  );
  return { family, series: found };
}

export interface Selected {
  readonly family: Family;
  readonly series: PromSeries[];
}

/** As `select`, of every metric that the selector's name matcher allows where it names none. */
export function selectAll(context: EvalContext, selector: Selector, fromMs: number, toMs: number): Selected[] {
  if (selector.metric !== ANY) return [select(context, selector, fromMs, toMs) ?? []].flat();
  const names = selector.matchers.filter((m) => m.name === "__name__").map(matcherTest);
  return [...context.families.keys()]
    .filter((metric) => names.every((test) => test(metric)))
    .flatMap((metric) => select(context, { ...selector, metric }, fromMs, toMs) ?? []);
}

interface Edges {
  readonly first: Int32Array;
  readonly last: Int32Array;
}
const known = new WeakMap<Family, Edges>();

/** Where each series of a family begins and ends, side by side: months hold many series, and a query concerns few. */
function edgesOf(family: Family): Edges {
  let edges = known.get(family);
  if (!edges) {
    edges = {
      first: Int32Array.from(family.series, (s) => s.pieces[0]?.from ?? 0),
      last: Int32Array.from(family.series, (s) => s.pieces.at(-1)?.to ?? 0),
    };
    known.set(family, edges);
  }
  return edges;
}

function cutGaps(pieces: readonly SeriesPiece[], key: number, rate: number, perGap: number): SeriesPiece[] {
  const out: SeriesPiece[] = [];
  for (const p of pieces)
    for (let at = p.from; at < p.to; ) {
      const block = Math.floor(at / perGap);
      const to = Math.min(p.to, (block + 1) * perGap);
      if (mix(key, block) / 4_294_967_296 >= rate) out.push({ ...p, from: at, to });
      at = to;
    }
  return out;
}

/** Pieces that overlap grid indices `[from, to]`, cut to what the server holds by now. */
function livePieces(context: EvalContext, s: PromSeries, from: number, to: number): SeriesPiece[] {
  const g = context.stepSeconds * 1000;
  const oldest = Math.ceil(context.oldestMs / g);
  const end = Math.floor(context.nowMs / g) + 1;
  const low = Math.max(from, oldest);
  const high = Math.min(to + 1, end);
  const out: SeriesPiece[] = [];
  for (const p of s.pieces) {
    if (p.to <= low) continue;
    if (p.from >= high) break;
    out.push(p.to > end || p.from < low ? { ...p, from: Math.max(p.from, low), to: Math.min(p.to, end) } : p);
  }
  return context.gapRate > 0
    ? cutGaps(out, hashText(s.key), context.gapRate, Math.max(1, Math.round(300 / context.stepSeconds)))
    : out;
}

/** Calls `emit(k, scaled)` for every step at which an instant selector shows the series. */
export function instantValues(
  context: EvalContext,
  family: Family,
  s: PromSeries,
  steps: Steps,
  emit: (k: number, scaled: number) => void,
): void {
  const g = context.stepSeconds * 1000;
  const last = steps.start + (steps.count - 1) * steps.step;
  const back = Math.ceil(context.lookbackMs / g) + 1;
  const pieces = livePieces(context, s, Math.floor(steps.start / g) - back, Math.floor(last / g));
  const nowIndex = Math.floor(context.nowMs / g) + 1;
  for (const [n, p] of pieces.entries()) {
    const lingers = (p.to - 1) * g + context.lookbackMs + (context.leftOpen ? 0 : 1);
    let visibleTo = context.staleMarkers && p.to < nowIndex ? Math.min(p.to * g, lingers) : lingers;
    const next = pieces[n + 1];
    if (next) visibleTo = Math.min(visibleTo, next.from * g);
    const first = Math.max(0, Math.ceil((p.from * g - steps.start) / steps.step));
    for (let k = first; k < steps.count; k++) {
      const at = steps.start + k * steps.step;
      if (at >= visibleTo) break;
      const i = Math.min(Math.floor(at / g), p.to - 1);
      // Grids coarser than the lookback leave holes between samples.
      if (at - i * g >= context.lookbackMs + (context.leftOpen ? 0 : 1)) continue;
      emit(k, family.at(s, p, i));
    }
  }
}

/** Calls `emit(k, value)` for every step whose window holds a sample. Values are unscaled. */
export function rangeValues(
  context: EvalContext,
  family: Family,
  s: PromSeries,
  steps: Steps,
  rangeMs: number,
  over: RangeFunction,
  emit: (k: number, value: number) => void,
): void {
  if (over === "rate") {
    rateValues(context, family, s, steps, rangeMs, emit);
    return;
  }
  const g = context.stepSeconds * 1000;
  const scale = 10 ** family.decimals;
  const left = (at: number) => (context.leftOpen ? Math.floor((at - rangeMs) / g) + 1 : Math.ceil((at - rangeMs) / g));
  const last = steps.start + (steps.count - 1) * steps.step;
  const pieces = livePieces(context, s, left(steps.start), Math.floor(last / g));
  let firstPiece = 0;
  for (let k = 0; k < steps.count; k++) {
    const at = steps.start + k * steps.step;
    const from = left(at);
    const to = Math.floor(at / g);
    while (firstPiece < pieces.length && (pieces[firstPiece] as SeriesPiece).to <= from) firstPiece++;
    let n = 0;
    let sum = 0;
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    let latest = 0;
    for (let j = firstPiece; j < pieces.length; j++) {
      const p = pieces[j] as SeriesPiece;
      if (p.from > to) break;
      for (let i = Math.max(from, p.from); i <= to && i < p.to; i++) {
        latest = family.at(s, p, i);
        sum += latest;
        if (latest < min) min = latest;
        if (latest > max) max = latest;
        n++;
      }
    }
    if (n === 0) continue;
    if (over === "count") emit(k, n);
    else
      emit(
        k,
        (over === "sum" ? sum : over === "avg" ? sum / n : over === "min" ? min : over === "max" ? max : latest) /
          scale,
      );
  }
}

interface Sample {
  readonly piece: SeriesPiece;
  readonly i: number;
}

/** The samples of a counter within a range: times in seconds, `start` the oldest value and `growth` what was added since. */
interface Growth {
  readonly start: number;
  readonly growth: number;
  readonly toStart: number;
  readonly toEnd: number;
  readonly sampled: number;
  readonly n: number;
}

/**
 * The seconds that the growth is taken to continue over, as Prometheus 2 extrapolates: to each edge of the range, by half an interval
 * where the edge is farther than 1.1 intervals, and never back beyond where the counter was zero.
 */
function reach({ start, growth, toStart, toEnd, sampled, n }: Growth): number {
  const interval = sampled / (n - 1);
  const extended = (gap: number) => (gap < interval * 1.1 ? gap : interval / 2);
  const back = growth > 0 ? Math.min(toStart, sampled * (start / growth)) : toStart;
  return sampled + extended(back) + extended(toEnd);
}

/** `rate` of a counter that never falls. */
function rateValues(
  context: EvalContext,
  family: Family,
  s: PromSeries,
  steps: Steps,
  rangeMs: number,
  emit: (k: number, value: number) => void,
): void {
  const g = context.stepSeconds * 1000;
  const scale = 10 ** family.decimals;
  const left = (at: number) => (context.leftOpen ? Math.floor((at - rangeMs) / g) + 1 : Math.ceil((at - rangeMs) / g));
  const last = steps.start + (steps.count - 1) * steps.step;
  const pieces = livePieces(context, s, left(steps.start), Math.floor(last / g));
  let firstPiece = 0;
  for (let k = 0; k < steps.count; k++) {
    const at = steps.start + k * steps.step;
    const from = left(at);
    const to = Math.floor(at / g);
    while (firstPiece < pieces.length && (pieces[firstPiece] as SeriesPiece).to <= from) firstPiece++;
    let n = 0;
    let oldest: Sample | null = null;
    let newest: Sample | null = null;
    for (let j = firstPiece; j < pieces.length; j++) {
      const piece = pieces[j] as SeriesPiece;
      if (piece.from > to) break;
      const [low, high] = [Math.max(from, piece.from), Math.min(to, piece.to - 1)];
      n += high - low + 1;
      oldest ??= { piece, i: low };
      newest = { piece, i: high };
    }
    if (n < 2 || !oldest || !newest) continue;
    const start = family.at(s, oldest.piece, oldest.i) / scale;
    const growth = family.at(s, newest.piece, newest.i) / scale - start;
    const seconds = rangeMs / 1000;
    const toStart = seconds - (at - oldest.i * g) / 1000;
    const sampled = ((newest.i - oldest.i) * g) / 1000;
    const covered = reach({ start, growth, toStart, toEnd: (at - newest.i * g) / 1000, sampled, n });
    emit(k, (growth * (covered / sampled)) / seconds);
  }
}

/** Samples of `[at - range, at]` (or left-open) of one series, oldest first. */
export function rawSamples(
  context: EvalContext,
  family: Family,
  s: PromSeries,
  atMs: number,
  rangeMs: number,
  emit: (ms: number, scaled: number) => void,
): void {
  const g = context.stepSeconds * 1000;
  const from = context.leftOpen ? Math.floor((atMs - rangeMs) / g) + 1 : Math.ceil((atMs - rangeMs) / g);
  const to = Math.floor(atMs / g);
  for (const p of livePieces(context, s, from, to)) {
    const end = Math.min(to + 1, p.to);
    for (let i = Math.max(from, p.from); i < end; i++) emit(i * g, family.at(s, p, i));
  }
}

export interface Group {
  readonly labels: Labels;
  readonly values: Float64Array;
  readonly counts: Uint32Array;
}

/** Evaluates an aggregation over all steps: groups by label values, in label order. Absent points have count 0. */
export function aggregated(context: EvalContext, query: Extract<Query, { kind: "select" }>, steps: Steps): Group[] {
  const { op, by, of } = query.aggregate as Aggregate;
  if (of) return summed(aggregated(context, { ...query, aggregate: of }, steps), op, by, steps.count);
  const { selector, over } = query;
  const last = steps.start + (steps.count - 1) * steps.step;
  const found = select(context, selector, steps.start - (selector.rangeMs ?? context.lookbackMs), last);
  if (!found) return [];
  const names = [...by].sort();
  const groups = new Map<string, Group>();
  const scale = 10 ** found.family.decimals;
  for (const s of found.series) {
    const labels = names
      .map((n) => [n, n === "__name__" && !over ? found.family.name : labelValue(s.labels, n)] as const)
      .filter(([, v]) => v !== "");
    const key = labels.flat().join("\u0001");
    let group = groups.get(key);
    if (!group) {
      group = { labels, values: new Float64Array(steps.count), counts: new Uint32Array(steps.count) };
      groups.set(key, group);
    }
    const { values, counts } = group;
    const add = (k: number, value: number) => {
      const had = (counts[k] as number) > 0;
      const old = values[k] as number;
      values[k] =
        op === "max"
          ? had
            ? Math.max(old, value)
            : value
          : op === "min"
            ? had
              ? Math.min(old, value)
              : value
            : old + value;
      counts[k] = (counts[k] as number) + 1;
    };
    if (over) rangeValues(context, found.family, s, steps, selector.rangeMs as number, over, add);
    else instantValues(context, found.family, s, steps, (k, scaled) => add(k, scaled / scale));
  }
  for (const { values, counts } of groups.values())
    if (op === "avg" || op === "count")
      for (let k = 0; k < steps.count; k++) {
        const n = counts[k] as number;
        if (n > 0) values[k] = op === "count" ? n : (values[k] as number) / n;
      }
  return [...groups]
    .filter(([, g]) => g.counts.some((n) => n > 0))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, g]) => g);
}

/** An aggregation (sum, max or min) of groups. */
function summed(inner: readonly Group[], op: string, by: readonly string[], count: number): Group[] {
  const names = [...by].sort();
  const groups = new Map<string, Group>();
  for (const one of inner) {
    const labels = one.labels.filter(([name]) => names.includes(name));
    const key = labels.flat().join("\u0001");
    const group = groups.get(key) ?? { labels, values: new Float64Array(count), counts: new Uint32Array(count) };
    groups.set(key, group);
    for (let k = 0; k < count; k++) {
      if (one.counts[k] === 0) continue;
      const [old, value] = [group.values[k] as number, one.values[k] as number];
      const isFirst = group.counts[k] === 0;
      group.values[k] = isFirst
        ? value
        : op === "sum"
          ? old + value
          : op === "max"
            ? Math.max(old, value)
            : Math.min(old, value);
      group.counts[k] = (group.counts[k] as number) + 1;
    }
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, g]) => g);
}
