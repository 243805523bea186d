import { CLEAR, cellsOfHours, GONE, milliOf, percentText, point, UNKNOWN } from "@/lib/insights/rules/measure.ts";
import { defineRule } from "@/lib/insights/rules/rule.ts";

/** The predecessor's "Low Memory Utilization" against the request, which its text promised, not against its own peak. */
export const memoryUnderused = defineRule({
  slug: "memory-underused",
  version: 1,
  group: "suspicious",
  topic: "waste",
  title: "Host memory unused",
  meaning: "The workload asked for much host memory and uses a small part of it, even at its peak.",
  advice: "Ask for less memory next time: what is requested cannot be given to others on the node.",
  severity: "info",
  audience: "owner",
  measured: { precision: 1, recall: 1 },
  subject: "workload",
  thresholds: {
    requested_gib: { value: 10, help: "least request that matters, in GiB" },
    mean_percent: { value: 10, help: "mean use in percent of the request" },
    peak_percent: { value: 25, help: "largest use in percent of the request" },
    after_hours: { value: 4, help: "hours that it must have been observed" },
  },
  closeAfter: 4,
  lookback: () => cellsOfHours(24),
  judge: (view, end, t) => {
    const held = view.heldIn(end - 1);
    if (!held.length) return GONE;
    const request = view.facts.cpuMemoryRequestMib;
    if (request === null) return UNKNOWN;
    if (request < t.requested_gib * 1024) return CLEAR;
    const from = Math.max(0, end - cellsOfHours(24));
    if (view.host("memorySeconds", end - 1, end) === 0) return UNKNOWN;
    const seconds = view.host("memorySeconds", from, end);
    if (seconds < t.after_hours * 3600) return CLEAR;
    const mean = (100 * view.host("memorySum", from, end)) / seconds / request;
    const peak = (100 * view.host("memoryMax", from, end)) / request;
    if (mean >= t.mean_percent || peak >= t.peak_percent) return CLEAR;
    const evidence = [
      point("host-memory", `Uses ${percentText(mean)} of the requested memory on average.`, mean, t.mean_percent, 2),
      point("host-memory", `Uses ${percentText(peak)} at its peak.`, peak, t.peak_percent),
      point("request", `Requests ${(request / 1024).toFixed(0)} GiB.`, request / 1024, t.requested_gib),
    ];
    return { kind: "fires", evidence, since: from, milli: milliOf(held) };
  },
  lost: () => [],
});
