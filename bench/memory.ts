import type { Peers } from "@/lib/jobs/testing.ts";
import { DAY } from "@/lib/time.ts";
import { inChild, serveInChild } from "./child.ts";
import type { Benchmark } from "./measure.ts";
import { type Fill, type Filled, MONTH, WORKLOADS } from "./month.ts";

const STEP = 60;
const [SHORT, LONG] = [5, 30];

export const memory: Benchmark = {
  name: "memory",
  what: "Peak memory of a backfill against its length",
  how: `The same backfill (${WORKLOADS} workloads in a month, through Prometheus, ${STEP} s samples) of the last ${SHORT} days and of ${LONG}, each in a process of its own; the high-water marks of the two processes.`,
  async run() {
    const simulator = await serveInChild<Peers>("month#serve", { stepSeconds: STEP, latencyMs: 0 });
    try {
      const peak = async (days: number) => {
        const range = { start: MONTH.end - days * DAY, end: MONTH.end };
        const fill: Fill = { peers: simulator.info, stepSeconds: STEP, range };
        return inChild<Filled>("month#fill", fill);
      };
      const short = await peak(SHORT);
      const long = await peak(LONG);
      return {
        figures: [
          { key: "growth", what: `${LONG} days over ${SHORT} days`, value: long.peakMb / short.peakMb, unit: "times" },
          { key: "peak_mb", what: `${LONG} days`, value: long.peakMb, unit: "MB" },
        ],
        notes: [`${short.result.samples} samples against ${long.result.samples}.`],
      };
    } finally {
      await simulator.close();
    }
  },
};
