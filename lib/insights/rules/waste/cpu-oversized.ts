import { CLEAR, cellsOfHours, GONE, milliOf, percentText, point, UNKNOWN } from "@/lib/insights/rules/measure.ts";
import { defineRule } from "@/lib/insights/rules/rule.ts";

export const cpuOversized = defineRule({
  slug: "cpu-oversized",
  version: 1,
  group: "suspicious",
  topic: "waste",
  title: "Many cores or much memory for each GPU",
  meaning:
    "The workload reserves so many cores or so much host memory for each card, unused, that other cards of the node are stranded.",
  advice: "Ask for the cores and memory that it uses: cards without them cannot be given to anybody.",
  severity: "info",
  audience: "owner",
  measured: { precision: 1, recall: 1 },
  subject: "workload",
  thresholds: {
    cores: { value: 18, help: "cores for each GPU" },
    memory_gib: { value: 250, help: "host memory for each GPU, in GiB" },
    cores_percent: { value: 50, help: "most use of the cores" },
    memory_percent: { value: 80, help: "largest use of the memory" },
    after_hours: { value: 2, help: "hours that it must have been observed" },
  },
  closeAfter: 4,
  lookback: () => cellsOfHours(24),
  judge: (view, end, t) => {
    const held = view.heldIn(end - 1);
    if (!held.length) return GONE;
    const { cpuRequestMilli, cpuMemoryRequestMib } = view.facts;
    if (cpuRequestMilli === null && cpuMemoryRequestMib === null) return UNKNOWN;
    const gpus = Math.max(1, milliOf(held) / 1000);
    const cores = (cpuRequestMilli ?? 0) / 1000 / gpus;
    const memory = (cpuMemoryRequestMib ?? 0) / 1024 / gpus;
    if (cores <= t.cores && memory <= t.memory_gib) return CLEAR;
    const from = Math.max(0, end - cellsOfHours(24));
    const cpuSeconds = view.host("cpuSeconds", from, end);
    const memorySeconds = view.host("memorySeconds", from, end);
    const evidence = [];
    if (cores > t.cores && cpuSeconds >= t.after_hours * 3600) {
      const used = (100 * view.host("cpuSum", from, end)) / cpuSeconds / ((cpuRequestMilli ?? 1) / 1000);
      if (used < t.cores_percent)
        evidence.push(
          point("request", `${cores.toFixed(0)} cores for each GPU.`, cores, t.cores, 1),
          point("host-cpu", `Uses ${percentText(used)} of them.`, used, t.cores_percent, 2),
        );
    }
    if (memory > t.memory_gib && memorySeconds >= t.after_hours * 3600) {
      const used = (100 * view.host("memoryMax", from, end)) / (cpuMemoryRequestMib ?? 1);
      if (used < t.memory_percent)
        evidence.push(
          point("request", `${memory.toFixed(0)} GiB of host memory for each GPU.`, memory, t.memory_gib, 1),
          point("host-memory", `Uses ${percentText(used)} of it at its peak.`, used, t.memory_percent, 2),
        );
    }
    if (evidence.length) return { kind: "fires", evidence, since: from, milli: milliOf(held) };
    const enough = Math.max(cpuSeconds, memorySeconds) >= t.after_hours * 3600;
    return enough ? CLEAR : UNKNOWN;
  },
  lost: () => [],
});
