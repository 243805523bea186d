import { openDb } from "@/db/client.ts";
import { prometheusInstalled } from "@/simulator/prometheus/real.ts";
import { chargedLedger } from "./charged-ledger.ts";
import { type Benchmark, type Figure, laps, percentile } from "./measure.ts";
import { moneyPageLoaders } from "./money-pages.ts";
import { pageLoaders } from "./page-loaders.ts";
import { ctxOf } from "./philly-ledger.ts";
import { compareQuestions } from "./prometheus-questions.ts";

const RUNS = 45;
/** Other work on the machine slows whole rounds down: the best of them is what the product does. */
const ROUNDS = 3;
const MONTHS = ["2017-09", "2017-10", "2017-11", "2017-12"];
/** What has a figure of its own: it adds up every workload of a period for each answer. */
const HEAVY = new Map([
  ["report project-allocations", "allocations_p95_ms"],
  ["report cost-by-user", "cost_by_user_p95_ms"],
]);

export const pages: Benchmark = {
  name: "pages",
  what: "What every page loads, over the Philly ledger, priced and charged",
  how: `Each page's loaders as the page calls them, reading in threads as the server does, ${RUNS} times with other periods (single days to three months with 75,000 jobs), sorts, filters, projects and workloads each time; p95 of each page in the best of ${ROUNDS} rounds over all pages, of which the slowest counts. The same questions to a real Prometheus over the same hourly GPU-seconds of every workload: medians, one after the other on the same machine.`,
  async run() {
    const ledger = await chargedLedger();
    const db = await openDb(`file:${ledger.file}`, "threads");
    try {
      const ctx = ctxOf(db, ledger.range.end);
      const notes: string[] = [];
      const figures: Figure[] = [];
      let slowest = 0;
      const loaders = [...(await pageLoaders(ctx, MONTHS)), ...(await moneyPageLoaders(ctx, MONTHS))];
      const rounds = new Map<string, number[][]>(loaders.map(({ page }) => [page, []]));
      for (let round = 0; round < ROUNDS; round++)
        for (const { page, load } of loaders) rounds.get(page)?.push(await laps(RUNS, load));
      for (const [page, lists] of rounds) {
        const [times = []] = lists.sort((a, b) => percentile(a, 0.95) - percentile(b, 0.95));
        const p95 = percentile(times, 0.95);
        const key = HEAVY.get(page);
        if (key) figures.push({ key, what: `p95 of ${page}`, value: p95, unit: "ms" });
        else slowest = Math.max(slowest, p95);
        notes.push(`${page}: median ${percentile(times, 0.5).toFixed(1)} ms, p95 ${p95.toFixed(1)} ms`);
      }
      figures.unshift({ key: "p95_ms", what: "p95 of the slowest page of all others", value: slowest, unit: "ms" });
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
