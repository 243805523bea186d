import fc from "fast-check";
import { HOUR, type Interval } from "@/lib/time.ts";
import type { PodInput, WorkloadInput } from "./held/workload-input.ts";
import type { NodeInput, NodeState } from "./node-capacity.ts";
import type { MeterInput } from "./records.ts";
import { type Signals, type Steps, toSteps } from "./timeline.ts";
import { DEFAULT_RULES } from "./types.ts";

/** Random clusters for property tests: overlapping pods, gaps, odd steps, restarts, nodes that come, go and fall ill. */

const T0 = 1_790_000_000 - (1_790_000_000 % HOUR);
const HOURS = 4;
export const RANGE: Interval = { start: T0, end: T0 + HOURS * HOUR };
const STEP = 60;

const instant = fc.integer({ min: T0 - HOUR, max: T0 + (HOURS + 1) * HOUR });
const span = fc.tuple(instant, instant).map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) + 1 }));
const MODELS = ["NVIDIA-H100-80GB-HBM3", "NVIDIA-A100-SXM4-80GB"];

/** A series with runs of idleness, bursts and holes. */
const steps: fc.Arbitrary<Steps> = fc
  .array(
    fc.record({
      length: fc.integer({ min: 1, max: 40 }),
      value: fc.oneof(fc.constant(0), fc.constant(0), fc.integer({ min: 1, max: 120 }), fc.constant(null)),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((runs) => {
    const at: number[] = [];
    const value: number[] = [];
    let t = T0 - HOUR;
    for (const run of runs)
      for (let i = 0; i < run.length; i++, t += STEP)
        if (run.value !== null) {
          at.push(t);
          value.push(run.value);
        }
    return toSteps(
      at,
      value,
      at.map(() => STEP * 2.5),
    );
  });

/** As allocated GPUs: 0 to 3 in halves. */
const halves = (allocation: Steps): Steps => ({ ...allocation, value: allocation.value.map((v) => (v % 7) / 2) });

const signals: fc.Arbitrary<Signals> = fc
  .record({ utilisation: fc.option(steps), sm: fc.option(steps), memory: fc.option(steps), cpu: fc.option(steps) })
  .map(({ utilisation, sm, memory, cpu }) => {
    const out = new Map<string, Steps>();
    if (utilisation) out.set("gpu_utilisation_percent", utilisation);
    if (sm) out.set("sm_active_percent", sm);
    if (memory) out.set("gpu_memory_used_mib", memory);
    if (cpu) out.set("cpu_cores", cpu);
    return out;
  });

const node = (i: number): fc.Arbitrary<NodeInput> =>
  fc
    .record({
      gpuCount: fc.integer({ min: 1, max: 4 }),
      model: fc.constantFrom(...MODELS),
      since: fc.integer({ min: T0 - 2 * HOUR, max: T0 + HOUR }),
      removedAt: fc.option(instant, { freq: 4 }),
      looks: fc.array(
        fc.record({ span, ready: fc.constantFrom(true, true, false, null), missing: fc.constantFrom(0, 0, 1, 2) }),
        { maxLength: 3 },
      ),
      seen: fc.array(fc.array(span, { maxLength: 3 }), { maxLength: 4 }),
    })
    .map(({ gpuCount, model, since, removedAt, looks, seen }) => {
      const sorted = looks.sort((a, b) => a.span.start - b.span.start);
      const states: NodeState[] = [];
      for (const { span: look, ready, missing } of sorted) {
        const start = Math.max(look.start, states.at(-1)?.end ?? 0);
        // A look that reports fewer cards, or none of a ready node, leaves the capacity as it was.
        const fewer = Math.max(ready === true ? 0 : 1, gpuCount - missing);
        const shape = { nodePool: "pool", gpuModel: model, gpuCount: states.length ? fewer : gpuCount };
        if (start < look.end) states.push({ start, end: look.end, ...shape, ready });
      }
      const cardsSeen = new Map(
        seen.slice(0, gpuCount).map((list, c) => [`card-${c}`, list.sort((a, b) => a.start - b.start)]),
      );
      const cards = { cardsSeen, freeCardsSeen: cardsSeen, cardsKnown: cardsSeen.size };
      return { name: `node-${i}`, nodePool: "pool", gpuModel: model, gpuCount, since, removedAt, states, ...cards };
    });

const pod = (w: number, p: number): fc.Arbitrary<PodInput> =>
  fc
    .record({
      run: span,
      node: fc.constantFrom("node-0", "node-1", "", "node-nobody-knows"),
      milli: fc.constantFrom(1000, 1000, 2000, 500, 333, 0, null),
      started: fc.boolean(),
      waited: fc.constantFrom(30, 30, 30, 300, 4000),
      bound: fc.option(fc.integer({ min: 0, max: 300 }), { freq: 4 }),
    })
    .map(({ run, node: where, milli, started, waited, bound }) => ({
      id: `pod-${w}-${p}`,
      node: where,
      nodePool: "pool",
      createdAt: run.start - waited,
      startedAt: started || p === 0 ? run.start : null,
      boundAt: where === "" || bound === null ? null : run.start - Math.min(bound, waited),
      endedAt: run.end,
      gpuMilli: milli,
      gpuResources: "",
      gpuMemoryRequestMib: null,
    }));

const workload = (w: number): fc.Arbitrary<WorkloadInput> =>
  fc
    .record({
      category: fc.constantFrom("Train", "Build", "Deploy"),
      pods: fc.integer({ min: 0, max: 3 }).chain((n) => fc.tuple(...Array.from({ length: n }, (_, p) => pod(w, p)))),
      episode: span,
      request: fc.constantFrom(1000, 2000, null),
      signals,
      allocation: fc.option(steps, { freq: 1 }),
    })
    .map(({ category, pods, episode, request, signals: own, allocation }) => ({
      key: w + 1,
      id: `workload-${w}`,
      projectKey: (w % 3) + 1,
      category,
      phase: "Completed",
      nodePool: "pool",
      createdAt: episode.start,
      phaseUpdatedAt: null,
      endedAt: episode.end,
      runningSeconds: null,
      gpuRequestMilli: request,
      gpuRequestPerPodMilli: request,
      gpuMemoryRequestMib: null,
      gpuResources: "",
      cpuRequestMilli: 2000,
      cpuLimitMilli: null,
      cpuMemoryRequestMib: 1024,
      cpuMemoryLimitMib: null,
      pods,
      phases: [
        { at: episode.start, phase: "Running" },
        { at: episode.end, phase: "Completed" },
      ],
      signals: allocation ? new Map([...own, ["gpu_allocation", halves(allocation)]]) : own,
    }));

/** A cluster of two nodes and up to five workloads, read with a margin of one hour. */
export const meterInput: fc.Arbitrary<MeterInput> = fc
  .record({
    nodes: fc.tuple(node(0), node(1)),
    workloads: fc
      .integer({ min: 0, max: 5 })
      .chain((n) => fc.tuple(...Array.from({ length: n }, (_, w) => workload(w)))),
    cards: fc.array(fc.record({ pod: fc.tuple(fc.nat(4), fc.nat(2)), gpu: fc.constantFrom("a", "b", "c"), signals }), {
      maxLength: 6,
    }),
    podSignals: fc.array(fc.record({ pod: fc.tuple(fc.nat(4), fc.nat(2)), signals }), { maxLength: 3 }),
    sight: fc.record({ cards: fc.array(span, { maxLength: 2 }), totals: fc.array(span, { maxLength: 2 }) }),
  })
  .map(({ nodes, workloads, cards, podSignals, sight }) => {
    const cardSignals = new Map<string, Map<string, Signals>>();
    for (const c of cards) {
      const id = `pod-${c.pod.join("-")}`;
      cardSignals.set(id, new Map([...(cardSignals.get(id) ?? []), [c.gpu, c.signals]]));
    }
    return {
      clusterId: "cluster",
      range: RANGE,
      loaded: { start: RANGE.start - HOUR, end: RANGE.end + HOUR },
      rules: DEFAULT_RULES,
      nodes,
      sight: { cards: sight.cards.sort((a, b) => a.start - b.start), totals: sight.totals },
      workloads,
      podSignals: new Map(podSignals.map((p) => [`pod-${p.pod.join("-")}`, p.signals])),
      cardSignals,
      wantFleet: false,
    };
  });
