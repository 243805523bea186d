import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { NO_FAULTS } from "@/simulator/faults.ts";
import { DEFAULT_PROMETHEUS_SWITCHES } from "@/simulator/prometheus/server.ts";
import { DEFAULT_RUNAI_SWITCHES } from "@/simulator/runai/context.ts";

/** The table of docs/conditions.md: its tests exist under the name that it gives, and its switches are those of the simulator. */

const text = readFileSync("docs/conditions.md", "utf8");
const rows = (text.split("\n## ")[0] as string)
  .split("\n")
  .filter((line) => /^\| (?!condition|---)/.test(line) && !line.startsWith("|---"))
  .map((line) => line.split(" | ").map((cell) => cell.replace(/^\| | \|$/g, "")));
const names = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] as string);

it("has rows of a condition, a rule, tests and a switch", () => {
  expect(rows.length).toBeGreaterThan(50);
  for (const row of rows) expect([row.length, row[0]]).toEqual([4, row[0]]);
});

it.each(rows.map((row) => [row[0] as string, row[2] as string]))("names tests that exist for: %s", (_, tests) => {
  const files = names(tests);
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) {
    expect(file).toMatch(/^(lib|app|cli|simulator|components)\/.+\.test\.tsx?$/);
    expect([file, existsSync(file)]).toEqual([file, true]);
    expect(readFileSync(file, "utf8")).toMatch(/\b(it|test)\b/);
  }
});

/** Switches of versions, rights and limits of a tenant or server, which are no condition of a cluster. */
const PLAIN = new Set([
  ...["version", "tokenTtlSeconds", "maxMetricTypes", "maxSamples", "deletedRetentionDays", "metricRetentionDays"],
  ...["scopeDepartments", "clusterState", "advancedMetrics", "reportsAvailable", "during"],
  ...["honorLabels", "lowercaseHostname", "profiling", "staleMarkers", "lookbackSeconds", "leftOpenRanges"],
  ...["retentionDays", "warnings"],
  ...["seed", "errorRate", "errors", "slowRate", "slowMs", "retryAfterSeconds", "spare", "odd", "partialRate"],
  ...["movingList", "gapRate"],
]);
/** Absent where they are off. */
const LABELS = [
  ...["upgradedAt", "labelsLost", "scrapedTwice", "replicas", "hostNames", "claims", "strays", "exchangedAt"],
  ...["driverReserves", "managed", "gpuExporters", "podLabelsChange"],
];

it("has every switch of the simulator that stands for a condition, and no other", () => {
  const own = [DEFAULT_RUNAI_SWITCHES, DEFAULT_PROMETHEUS_SWITCHES, NO_FAULTS].flatMap((s) => Object.keys(s));
  const wanted = new Set([...own.filter((name) => !PLAIN.has(name)), ...LABELS]);
  const named = new Set(rows.flatMap((row) => names(row[3] ?? "")));
  const scenarios = new Set(["slowStarts", "deadCounters", "background", "shared", "spareCards"]);
  expect([...wanted].filter((name) => !named.has(name))).toEqual([]);
  expect([...named].filter((name) => !wanted.has(name) && !scenarios.has(name))).toEqual([]);
});
