import { readFileSync, writeFileSync } from "node:fs";
import { compareDetectors, comparisonTable } from "@/lib/insights/anomalies/measured/table.ts";
import { realSeries } from "./real-series.ts";

/** The traces of the table. Thresholds were chosen on the third one, which is not among them. */
const TRACES = ["Earth", "Spot 2026"];
/** In GPU-hours, at a price of one for each. */
const FLOORS = { amount: 50, percent: 20 };

/** The tables of docs/anomalies.md: detectors on the public daily series, with spikes of known size. */
export function anomalyTable(): string {
  const all = realSeries();
  const tables = TRACES.map((trace) => {
    const list = all.filter((s) => s.trace === trace).map((s) => s.values);
    return `### ${trace}\n\n${comparisonTable(compareDetectors(list, FLOORS))}`;
  });
  return tables.join("\n\n");
}

/** `npm run anomalies:table`: measures again and writes the table. */
function main(): void {
  const file = new URL("../docs/anomalies.md", import.meta.url);
  const [before, , after] = readFileSync(file, "utf8").split(/<!-- (?:begin|end) of the table -->/);
  const table = anomalyTable();
  writeFileSync(file, `${before}<!-- begin of the table -->\n${table}\n<!-- end of the table -->${after}`);
  console.log(table);
}

if (process.argv[1] && import.meta.url.endsWith(process.argv[1].replaceAll("\\", "/"))) main();
