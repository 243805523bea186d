import { appendFileSync, readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { augurs } from "./augurs.ts";
import { backfill } from "./backfill.ts";
import { chunks } from "./chunks.ts";
import { forecast } from "./forecast.ts";
import { ingest } from "./ingest.ts";
import { insights } from "./insights.ts";
import type { Benchmark } from "./measure.ts";
import { memory } from "./memory.ts";
import { money } from "./money.ts";
import { pages } from "./pages.ts";
import { philly } from "./philly.ts";
import { type Budgets, section } from "./section.ts";
import { signIn } from "./sign-in.ts";
import { weight } from "./weight.ts";

/**
 * `npm run bench [-- --only name,name]`: runs benchmarks, holds their figures to budgets.json, and appends both to
 * RESULTS.md (`--dry` does not). Fails when a budget is missed.
 */
const ALL: readonly Benchmark[] = [
  ...[backfill, ingest, philly, pages, money, memory, chunks, forecast, augurs, signIn, insights, weight],
];

const here = import.meta.dirname;

function chosen(only: string | undefined): readonly Benchmark[] {
  const names = only?.split(",");
  const unknown = names?.filter((n) => !ALL.some((b) => b.name === n)) ?? [];
  if (unknown.length) {
    console.error(`No such benchmark: ${unknown.join(", ")}. There are: ${ALL.map((b) => b.name).join(", ")}.`);
    process.exit(2);
  }
  return names ? ALL.filter((b) => names.includes(b.name)) : ALL;
}

/** In words only: what matters for reading ratios, and names nobody's machine. */
function machine(): string {
  return `${cpus().length} virtual cores, ${Math.round(totalmem() / 2 ** 30)} GiB, shared; Node ${process.versions.node.split(".")[0]}, ${process.platform}`;
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { only: { type: "string" }, dry: { type: "boolean" } } });
  const budgets = JSON.parse(readFileSync(path.join(here, "budgets.json"), "utf8")) as Budgets;
  const sections: string[] = [];
  let missed = 0;
  for (const bench of chosen(values.only)) {
    console.log(`\n== ${bench.name}: ${bench.what}`);
    const done = section(bench, await bench.run(), budgets);
    console.log(done.text);
    sections.push(done.text);
    missed += done.missed;
  }
  const date = new Date().toISOString().slice(0, 10);
  if (!values.dry)
    appendFileSync(path.join(here, "RESULTS.md"), `\n## ${date} (${machine()})\n\n${sections.join("\n")}`);
  console.log(missed ? `FAILED: ${missed} budgets missed.` : "Every budget is met.");
  return missed ? 1 : 0;
}

process.exitCode = await main();
