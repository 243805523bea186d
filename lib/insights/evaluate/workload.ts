import { AT, CELL, type Cells } from "@/lib/insights/cells/cell.ts";
import { SPAN, type SpanCells, slotId } from "@/lib/insights/cells/codec.ts";
import { WorkloadView } from "@/lib/insights/cells/view.ts";
import { contradiction } from "@/lib/insights/rules/health/sensor-contradicts.ts";
import { WORKLOAD_RULES } from "@/lib/insights/rules/index.ts";
import { CLEAR, LOOKBACK, UNKNOWN } from "@/lib/insights/rules/measure.ts";
import { type Thresholds, thresholdsOf, type Verdict, type WorkloadRule } from "@/lib/insights/rules/rule.ts";
import { floorTo, type Instant, type Interval } from "@/lib/time.ts";
import type { Subject } from "./cells-store.ts";
import { exceptionConcerns, type LoadedFacts } from "./facts-load.ts";
import type { RuleSettings } from "./settings.ts";
import { cutAt, type DatedLoss, type Tracked, track } from "./track.ts";
import type { ExceptionRow, StoredFinding } from "./tracked-store.ts";

/** Seconds of contradicting sensors in the last hour that make every other verdict unknown. */
const CONTRADICTED_SECONDS = 300;

export interface WorkloadInput {
  readonly facts: LoadedFacts;
  /** What was evaluated before; undefined: nothing. */
  readonly subject: Subject | undefined;
  /** All cells that are needed: of the whole life where it is replayed, else of the last day before `subject.throughAt`. */
  readonly spans: ReadonlyMap<Instant, SpanCells>;
  /** Where cells differ from those that were evaluated; null: nowhere. */
  readonly changedAt: Instant | null;
  readonly end: Instant;
  /** Time that is evaluated; other time is unknown. */
  readonly known: readonly Interval[];
  readonly before: ReadonlyMap<string, StoredFinding>;
  readonly exceptions: readonly ExceptionRow[];
  readonly settings: RuleSettings;
}

export interface WorkloadOutcome {
  readonly subject: Subject;
  readonly changes: readonly {
    readonly rule: WorkloadRule;
    readonly thresholds: Thresholds;
    readonly state: Tracked | null;
    readonly losses: readonly DatedLoss[];
    /** Where losses begin to be counted again; null: they are added. */
    readonly replayedFrom: Instant | null;
  }[];
}

/** Whether the life of a workload must be judged again from its first cell: something before the last judged cell changed. */
export const mustReplay = (subject: Subject | undefined, changedAt: Instant | null): boolean =>
  subject === undefined || (changedAt !== null && changedAt < subject.throughAt);

/** The first cell of any slot; null without cells. */
export function firstCell(spans: Iterable<SpanCells>): Instant | null {
  let first: Instant | null = null;
  for (const { slots } of spans)
    for (const { cells } of slots) for (const at of cells.keys()) if (first === null || at < first) first = at;
  return first;
}

/**
 * Judges a workload by every rule, over what is new, or over all that is known of it.
 * Pure: judging a range in any parts gives the same findings.
 * @returns null where there is nothing to judge.
 */
export function evaluateWorkload(input: WorkloadInput): WorkloadOutcome | null {
  const { facts, subject, spans } = input;
  const replay = mustReplay(subject, input.changedAt);
  const first = firstCell(spans.values());
  const begin = replay ? first : (subject as Subject).throughAt;
  if (begin === null) return subject ? ended(input, subject) : null;
  const end = Math.max(input.end, subject?.throughAt ?? 0);
  if (!replay && end === begin) return null;
  const start = replay ? begin : Math.min(begin, Math.max(begin - LOOKBACK * CELL, first ?? begin));
  const earlier = replay
    ? { firstHeldAt: null, lastActiveAt: null }
    : { firstHeldAt: subject?.firstHeldAt ?? null, lastActiveAt: subject?.lastActiveAt ?? null };
  const view = new WorkloadView(facts, earlier, [...spans.values()], start, end);
  const changes = WORKLOAD_RULES.flatMap((rule) => {
    const mine = input.settings.of(rule.slug);
    const stored = input.before.get(`${facts.key}/${rule.slug}`);
    if (mine === "off") return [];
    const thresholds = inForce(rule, mine);
    const prior = stored ? (replay ? cutAt(stored.tracked, begin) : stored.tracked) : null;
    const { state, losses } = followRule(input, view, rule, thresholds, prior, view.index(begin));
    if (!state && !stored) return [];
    if (!replay && state === prior && !losses.length) return [];
    return [{ rule, thresholds, state, losses, replayedFrom: replay ? begin : null }];
  });
  return { subject: subjectAfter(view, facts.key, earlier, end), changes };
}

const thresholdsInForce = new WeakMap<Thresholds, Map<WorkloadRule, Thresholds>>();

/** The thresholds of a rule under its settings, worked out once for all workloads. */
function inForce(rule: WorkloadRule, mine: Thresholds): Thresholds {
  const own = thresholdsInForce.get(mine) ?? new Map<WorkloadRule, Thresholds>();
  const found = own.get(rule) ?? thresholdsOf(rule, mine);
  thresholdsInForce.set(mine, own.set(rule, found));
  return found;
}

function followRule(
  input: WorkloadInput,
  view: WorkloadView,
  rule: WorkloadRule,
  thresholds: Thresholds,
  prior: Tracked | null,
  from: number,
) {
  const excepted = input.exceptions.filter((e) => exceptionConcerns(e, rule.slug, input.facts));
  const judge = (end: number): Verdict => {
    const at = view.instant(end - 1);
    if (!input.known.some((k) => k.start <= at && at < k.end)) return UNKNOWN;
    if (excepted.some((e) => e.createdAt <= at && at < e.expiresAt)) return CLEAR;
    const verdict = rule.judge(view, end, thresholds);
    if (verdict.kind !== "fires" || rule.group === "sensor") return verdict;
    return contradiction(view, end, 4) >= CONTRADICTED_SECONDS ? UNKNOWN : verdict;
  };
  return track(prior, {
    from,
    end: view.count,
    instant: view.instant,
    index: view.index,
    judge,
    lost: (index) => rule.lost(view, index, thresholds),
    severity: rule.severity,
    closeAfter: rule.closeAfter ?? 2,
  });
}

function subjectAfter(
  view: WorkloadView,
  workloadKey: number,
  earlier: { firstHeldAt: Instant | null; lastActiveAt: Instant | null },
  end: Instant,
): Subject {
  let lastActiveAt = earlier.lastActiveAt;
  for (let i = view.count - 1; i >= 0; i--)
    if (view.slots.some((s) => s.observed(i, i + 1) > s.sum("quiet", i, i + 1))) {
      lastActiveAt = Math.max(lastActiveAt ?? 0, view.instant(i + 1));
      break;
    }
  return { workloadKey, throughAt: end, firstHeldAt: view.firstHeldAt(view.count) ?? view.start, lastActiveAt };
}

/** All cells of a workload went: newer facts say that it never held anything. */
function ended({ facts, before, settings, end }: WorkloadInput, subject: Subject): WorkloadOutcome {
  const changes = WORKLOAD_RULES.flatMap((rule) => {
    if (!before.has(`${facts.key}/${rule.slug}`)) return [];
    const mine = settings.of(rule.slug);
    return [
      { rule, thresholds: thresholdsOf(rule, mine === "off" ? {} : mine), state: null, losses: [], replayedFrom: 0 },
    ];
  });
  return { subject: { ...subject, throughAt: Math.max(end, subject.throughAt), lastActiveAt: null }, changes };
}

/** The first instant within `[from, to)` at which fresh cells differ from stored ones; null: they are the same. */
export function firstChange(
  stored: SpanCells | undefined,
  fresh: SpanCells | undefined,
  range: Interval,
): Instant | null {
  const a = new Map((stored?.slots ?? []).map((s) => [slotId(s), s.cells]));
  const b = new Map((fresh?.slots ?? []).map((s) => [slotId(s), s.cells]));
  let first: Instant | null = null;
  const note = (at: Instant) => {
    if (at >= range.start && at < range.end && (first === null || at < first)) first = at;
  };
  const compare = <T extends Float32Array>(x: ReadonlyMap<Instant, T>, y: ReadonlyMap<Instant, T>) => {
    for (const [at, cell] of x) if (!same(cell, y.get(at))) note(at);
    for (const at of y.keys()) if (!x.has(at)) note(at);
  };
  const none: Cells = new Map();
  for (const id of new Set([...a.keys(), ...b.keys()])) compare(a.get(id) ?? none, b.get(id) ?? none);
  compare(stored?.host ?? new Map(), fresh?.host ?? new Map());
  return first;
}

function same(a: Float32Array, b: Float32Array | undefined): boolean {
  if (!b) return false;
  for (let i = 0; i < a.length; i++)
    if (a[i] !== b[i] && !(i === AT.memoryMin && Number.isNaN(a[i]) && Number.isNaN(b[i]))) return false;
  return true;
}

/** The spans that a range touches. */
export function spansOf(range: Interval): Instant[] {
  const out: Instant[] = [];
  for (let at = floorTo(range.start, SPAN); at < range.end; at += SPAN) out.push(at);
  return out;
}
