import { CELL } from "@/lib/insights/cells/cell.ts";
import { SPAN, type SpanCells } from "@/lib/insights/cells/codec.ts";
import { buildCells } from "@/lib/insights/evaluate/build-cells.ts";
import { imagesKnown } from "@/lib/insights/evaluate/facts-load.ts";
import type { RuleSettings } from "@/lib/insights/evaluate/settings.ts";
import { evaluateWorkload } from "@/lib/insights/evaluate/workload.ts";
import type { WorkloadInput } from "@/lib/metering/held/workload-input.ts";
import type { NodeInput } from "@/lib/metering/node-capacity.ts";
import { type Signals, type Steps, toSteps } from "@/lib/metering/timeline.ts";
import { DEFAULT_RULES } from "@/lib/metering/types.ts";
import { floorTo, hourOf, type Instant, type Interval } from "@/lib/time.ts";

export interface CaseSeries {
  readonly at: readonly Instant[];
  readonly value: readonly number[];
}

/** A workload with its samples and what is known of it: the input of every detector that is measured. */
export interface MeasuredCase {
  /** When its first pod started, where that is before `start`; else it is `start`. */
  readonly startedAt?: Instant;
  readonly category: string;
  /** Time zone of its users; UTC unless it is given. */
  readonly zone?: string;
  readonly start: Instant;
  readonly end: Instant;
  readonly step: number;
  readonly model: string;
  readonly cards: readonly {
    readonly gpu: string;
    readonly node: string;
    readonly series: Readonly<Record<string, CaseSeries>>;
  }[];
  /** When the containers of its pods ran. */
  readonly runs?: readonly Interval[];
  readonly images?: readonly string[];
  /** Patterns of known images; absent: there is no list. */
  readonly knownImages?: readonly string[];
  readonly host: Readonly<Record<string, CaseSeries>>;
  readonly cpuRequestMilli: number | null;
  readonly cpuMemoryRequestMib: number | null;
  readonly nodeGpus: Readonly<Record<string, number>>;
}

const OFF: RuleSettings = { of: () => ({}) };

/** Slugs of the rules that find a case, judged by the same code that judges a ledger. */
export function rulesThatFind(given: MeasuredCase, settings: RuleSettings = OFF): Set<string> {
  const spans = spansOf(given);
  const end = floorTo(given.end, CELL);
  const outcome = evaluateWorkload({
    facts: factsOf(given),
    subject: undefined,
    spans,
    changedAt: given.start,
    end,
    known: [{ start: 0, end: Number.MAX_SAFE_INTEGER }],
    before: new Map(),
    exceptions: [],
    settings,
  });
  return new Set((outcome?.changes ?? []).filter((c) => c.state !== null).map((c) => c.rule.slug));
}

/** The cells of a case, by the same metering that makes those of a ledger. */
function spansOf(given: MeasuredCase): Map<Instant, SpanCells> {
  const range = { start: given.start, end: given.end };
  const steps = ({ at, value }: CaseSeries, hold: number): Steps =>
    toSteps(
      at,
      value,
      at.map(() => hold),
    );
  const signalsOf = (series: Readonly<Record<string, CaseSeries>>, hold: number): Signals =>
    new Map(Object.entries(series).map(([metric, s]) => [metric, steps(s, hold)]));
  const hold = Math.floor(given.step * DEFAULT_RULES.holdSteps);
  const cells = buildCells({
    ...{ clusterId: "c", range, loaded: range, rules: DEFAULT_RULES, sight: { cards: [], totals: [] } },
    nodes: nodesOf(given),
    workloads: [{ ...workloadOf(given), signals: signalsOf(given.host, HOST_HOLD) }],
    podSignals: new Map(),
    cardSignals: new Map(given.cards.map((c) => [c.gpu, new Map([[c.gpu, signalsOf(c.series, hold)]])])),
  }).get(1);
  const spans = new Map<Instant, SpanCells>();
  for (let at = floorTo(given.start, SPAN); cells && at < given.end; at += SPAN) {
    const inside = <T>(of: ReadonlyMap<Instant, T>) => new Map([...of].filter(([c]) => c >= at && c < at + SPAN));
    spans.set(at, { slots: cells.slots.map((s) => ({ ...s, cells: inside(s.cells) })), host: inside(cells.host) });
  }
  return spans;
}

/** How long a sample of the host holds, in seconds. */
const HOST_HOLD = 150;

/** The nodes that hold its cards, each for the whole time. */
function nodesOf({ cards, model, start }: MeasuredCase): NodeInput[] {
  const byNode = Map.groupBy(cards, (c) => c.node);
  return [...byNode].map(([name, own]) => ({
    ...{ name, nodePool: "pool", gpuModel: model, gpuCount: own.length, since: start, removedAt: null, states: [] },
    ...{ cardsSeen: new Map(), freeCardsSeen: new Map(), cardsKnown: 0 },
  }));
}

/** One pod for each card, which it holds for the whole time. */
function workloadOf({ category, cards, start, end }: MeasuredCase): Omit<WorkloadInput, "signals"> {
  const whole = { createdAt: start, startedAt: start, boundAt: null, endedAt: end, gpuMilli: 1000 };
  return {
    ...{ key: 1, id: "w", projectKey: 1, category, phase: "Completed", nodePool: "pool", createdAt: start },
    ...{ phaseUpdatedAt: null, endedAt: end, runningSeconds: null, gpuRequestMilli: null, gpuRequestPerPodMilli: null },
    ...{ gpuMemoryRequestMib: null, gpuResources: "", cpuRequestMilli: null, cpuLimitMilli: null },
    ...{ cpuMemoryRequestMib: null, cpuMemoryLimitMib: null, phases: [] },
    pods: cards.map((c) => ({
      ...{ id: c.gpu, node: c.node, nodePool: "pool", gpuResources: "", gpuMemoryRequestMib: null, ...whole },
    })),
  };
}

const factsOf = (given: MeasuredCase) => ({
  ...{ key: 1, id: "w", name: "w", type: "Training", user: "ada", clusterId: "c", projectKey: 1 },
  ...{
    category: given.category,
    createdAt: given.start,
    startedAt: given.startedAt ?? given.start,
    offers: [],
    podNames: {},
    podsCreated: {},
    runs: given.runs ?? [],
    images: given.images ?? [],
    imagesKnown: imagesKnown(given.images ?? [], given.knownImages ?? []),
    hourOf: (at: Instant) => hourOf(at, given.zone ?? "UTC"),
  },
  ...{
    cpuRequestMilli: given.cpuRequestMilli,
    cpuMemoryRequestMib: given.cpuMemoryRequestMib,
    nodeGpus: given.nodeGpus,
  },
});
