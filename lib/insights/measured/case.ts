import { CELL, type Cells, cellsOf } from "@/lib/insights/cells/cell.ts";
import { SPAN, type SpanCells } from "@/lib/insights/cells/codec.ts";
import { hostCells } from "@/lib/insights/evaluate/build-cells.ts";
import type { RuleSettings } from "@/lib/insights/evaluate/settings.ts";
import { evaluateWorkload } from "@/lib/insights/evaluate/workload.ts";
import { classifySlot } from "@/lib/metering/classify.ts";
import { type Steps, toSteps } from "@/lib/metering/timeline.ts";
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
  readonly cardMemoryMib: number;
  readonly cards: readonly {
    readonly gpu: string;
    readonly node: string;
    readonly series: Readonly<Record<string, CaseSeries>>;
  }[];
  /** When its pods ran. */
  readonly pods?: readonly Interval[];
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

function spansOf(given: MeasuredCase): Map<Instant, SpanCells> {
  const range = { start: given.start, end: given.end };
  const out = new Map<Instant, { slots: { facts: object; cells: Cells }[] }>();
  const whole = given.cards.map((card) => {
    const steps = (metric: string): Steps | undefined => {
      const series = card.series[metric];
      const hold = Math.floor(given.step * DEFAULT_RULES.holdSteps);
      return (
        series &&
        toSteps(
          series.at,
          series.value,
          series.at.map(() => hold),
        )
      );
    };
    const signals = {
      utilisation: steps("gpu_utilisation_percent"),
      memoryMib: steps("gpu_memory_used_mib"),
      sm: steps("sm_active_percent"),
      dram: steps("dram_active_percent"),
      tensor: steps("tensor_active_percent"),
      power: steps("power_watts"),
    };
    const slot = {
      ...range,
      milli: 1000,
      category: given.category,
      cardMemoryMib: given.cardMemoryMib,
      utilisation: signals.utilisation,
      smActive: signals.sm,
      dramActive: signals.dram,
      memoryMib: signals.memoryMib,
      down: [],
      level: "gpu" as const,
    };
    const cells = cellsOf(classifySlot(slot, range, DEFAULT_RULES), signals, range, DEFAULT_RULES.activityPercent);
    const facts = {
      pod: card.gpu,
      gpu: card.gpu,
      node: card.node,
      pool: "pool",
      model: given.model,
      milli: 1000,
      level: "gpu",
    };
    return { ...facts, cells };
  });
  const held = (metric: string) => {
    const series = given.host[metric];
    return (
      series &&
      toSteps(
        series.at,
        series.value,
        series.at.map(() => 150),
      )
    );
  };
  const host = hostCells(held("cpu_cores"), held("cpu_memory_mib"), range);
  const spans = new Map<Instant, SpanCells>();
  for (let at = floorTo(given.start, SPAN); at < given.end; at += SPAN) {
    const inside = <T>(cells: ReadonlyMap<Instant, T>) => new Map([...cells].filter(([c]) => c >= at && c < at + SPAN));
    spans.set(at, { slots: whole.map((s) => ({ ...s, cells: inside(s.cells) })), host: inside(host) });
  }
  out.clear();
  return spans;
}

const factsOf = (given: MeasuredCase) => ({
  ...{ key: 1, id: "w", name: "w", type: "Training", user: "ada", images: [], clusterId: "c", projectKey: 1 },
  ...{
    category: given.category,
    createdAt: given.start,
    startedAt: given.startedAt ?? given.start,
    offers: [],
    pods: given.pods ?? [],
    imagesKnown: null,
    hourOf: (at: Instant) => hourOf(at, given.zone ?? "UTC"),
  },
  ...{
    cpuRequestMilli: given.cpuRequestMilli,
    cpuMemoryRequestMib: given.cpuMemoryRequestMib,
    nodeGpus: given.nodeGpus,
  },
});
