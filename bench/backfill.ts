import type { Peers } from "@/lib/jobs/testing.ts";
import { inChild, serveInChild } from "./child.ts";
import type { Benchmark, Figure } from "./measure.ts";
import { type Fill, type Filled, MONTH, WORKLOADS } from "./month.ts";
import { PREDECESSOR_CALLS, sample } from "./predecessor.ts";

const LATENCY_MS = 20;
/** Of the predecessor's calls, the share that is really sent. */
const SAMPLED = 0.02;
const STEPS = [15, 60] as const;

async function filled(peers: Peers, stepSeconds: number, prometheus: boolean): Promise<Filled> {
  const used = prometheus ? peers : { runaiUrl: peers.runaiUrl, credentials: peers.credentials };
  const { result } = await inChild<Filled>("month#fill", { peers: used, stepSeconds, range: MONTH } satisfies Fill);
  return result;
}

export const backfill: Benchmark = {
  name: "backfill",
  what: `Backfill of 30 days × ${WORKLOADS} workloads at ${LATENCY_MS} ms a call, against the predecessor's plan`,
  how: `Ours is a whole backfill: inventory, samples, metering, into a fresh SQLite file. The predecessor's plan asks each workload for the whole range in windows of 15,000 s and batches of 10 of 12 types, one call after the other: ${PREDECESSOR_CALLS} calls. ${100 * SAMPLED} % of them, spread evenly, were really sent to the simulator, and their time scaled.`,
  async run() {
    const figures: Figure[] = [];
    const notes: string[] = [];
    let theirs: number | undefined;
    for (const step of STEPS) {
      const simulator = await serveInChild<Peers>("month#serve", { stepSeconds: step, latencyMs: LATENCY_MS });
      try {
        const calls = Math.round(PREDECESSOR_CALLS * SAMPLED);
        // Its plan knows 15 s samples only, whatever ours asks for.
        theirs ??= (await sample(simulator.info, calls)) / SAMPLED;
        const runai = await filled(simulator.info, step, false);
        const prometheus = await filled(simulator.info, step, true);
        const fewer = PREDECESSOR_CALLS / runai.requests;
        const faster = theirs / runai.seconds;
        figures.push(
          {
            key: `requests_${step}s`,
            what: `fewer requests, Run:ai alone, ${step} s samples`,
            value: fewer,
            unit: "times",
          },
          { key: `time_${step}s`, what: `less time, Run:ai alone, ${step} s samples`, value: faster, unit: "times" },
          { key: `better_${step}s`, what: "the larger of the two", value: Math.max(fewer, faster), unit: "times" },
          {
            key: `prometheus_requests_${step}s`,
            what: `fewer requests through Prometheus, ${step} s samples`,
            value: PREDECESSOR_CALLS / prometheus.requests,
            unit: "times",
          },
          {
            key: `prometheus_time_${step}s`,
            what: `less time through Prometheus, ${step} s samples`,
            value: theirs / prometheus.seconds,
            unit: "times",
          },
        );
        notes.push(
          `${step} s: ${runai.requests} requests and ${runai.samples} samples through Run:ai; ${prometheus.requests} requests and ${prometheus.samples} samples through Prometheus.`,
        );
      } finally {
        await simulator.close();
      }
    }
    return { figures, notes };
  },
};
