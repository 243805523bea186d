import { defineGroup, type Sample } from "@/lib/metrics/metric.ts";
import { CALL_BOUNDS_MS, NO_BOUND } from "@/lib/sources/call-times.ts";
import { listCallTimes, type SourceCall } from "@/lib/sync/call-times-store.ts";

/** A histogram of the calls of one source and outcome. */
function sampleOf(calls: readonly SourceCall[], labels: Readonly<Record<string, string>>): Sample {
  const sum = (of: readonly SourceCall[], value: (call: SourceCall) => number) =>
    of.reduce((total, call) => total + value(call), 0);
  const upTo = (boundMs: number) => calls.filter((c) => c.boundMs !== NO_BOUND && c.boundMs <= boundMs);
  return {
    labels,
    value: sum(calls, (c) => c.calls),
    buckets: CALL_BOUNDS_MS.map((ms) => ({ seconds: ms / 1000, count: sum(upTo(ms), (c) => c.calls) })),
    sum: sum(calls, (c) => c.tookMs) / 1000,
  };
}

/** Calls to Run:ai and Prometheus, and what became of them. */
export const callGroup = defineGroup({
  name: "calls",
  metrics: [
    {
      name: "gpu_ledger_source_request_duration_seconds",
      type: "histogram",
      help: "Time from a request to a source until its answer was read, by what became of it, retries included.",
      labels: ["source", "outcome"],
    },
  ],
  async read({ db }) {
    const groups = Map.groupBy(await listCallTimes(db), ({ source, outcome }) => JSON.stringify({ source, outcome }));
    return {
      gpu_ledger_source_request_duration_seconds: [...groups].map(([labels, calls]) =>
        sampleOf(calls, JSON.parse(labels)),
      ),
    };
  },
});
