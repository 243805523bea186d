import { openDb } from "@/db/client";
import { prometheusInstalled } from "@/simulator/prometheus/real";
import { chargedLedger } from "./charged-ledger.ts";
import { type Benchmark, type Figure, laps, percentile } from "./measure.ts";
import { pageLoaders } from "./page-loaders.ts";
import { ctxOf } from "./philly-ledger.ts";
import { compareQuestions } from "./prometheus-questions.ts";

const RUNS = 45;
const MONTHS = ["2017-09", "2017-10", "2017-11", "2017-12"];
/** Exact concurrent peaks of all pods of a period are found anew for each answer: a budget of its own. */
const HEAVY = "report project-allocations";

export const pages: Benchmark = {
  name: "pages",
  what: "What every page loads, over the Philly ledger, priced and charged",
  how: `Each page's loaders as the page calls them, reading in threads as the server does, ${RUNS} times with other periods (single days to three months with 75,000 jobs), sorts, filters, projects and workloads each time; p95 of each page, of which the slowest counts. The same questions to a real Prometheus over the same hourly GPU-seconds of every workload: medians, one after the other on the same machine.`,
  async run() {
    const ledger = await chargedLedger();
    const db = await openDb(`file:${ledger.file}`, "threads");
    try {
      const ctx = ctxOf(db, ledger.range.end);
      const notes: string[] = [];
      let [slowest, heavy] = [0, 0];
      for (const { page, load } of await pageLoaders(ctx, MONTHS)) {
        const times = await laps(RUNS, load);
        const p95 = percentile(times, 0.95);
        if (page === HEAVY) heavy = p95;
        else slowest = Math.max(slowest, p95);
        notes.push(`${page}: median ${percentile(times, 0.5).toFixed(1)} ms, p95 ${p95.toFixed(1)} ms`);
      }
      const figures: Figure[] = [
        { key: "p95_ms", what: "p95 of the slowest page", value: slowest, unit: "ms" },
        { key: "allocations_p95_ms", what: `p95 of ${HEAVY}`, value: heavy, unit: "ms" },
      ];
      if (!prometheusInstalled()) notes.push("Prometheus is not installed: not compared.");
      else {
        const compared = await compareQuestions(ctx, ledger.range);
        figures.push(...compared.figures);
        notes.push(...compared.notes);
      }
      return { figures, notes };
    } finally {
      await db.close();
    }
  },
};
