import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DAY, type Interval, windows } from "@/lib/time.ts";
import { openMetrics } from "@/simulator/openmetrics.ts";
import type { Timeline } from "@/simulator/timeline.ts";
import type { LabelSwitches } from "./exporter-labels.ts";
import { type Running, startProgram } from "./program.ts";
import { families } from "./series.ts";

/** Whether `prometheus` and `promtool` can be run here. */
export function prometheusInstalled(): boolean {
  try {
    execFileSync("prometheus", ["--version"], { stdio: "ignore" });
    execFileSync("promtool", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Makes blocks of the timeline's samples in `[start, end)`, one OpenMetrics file per day. */
export function backfill(
  timeline: Timeline,
  labels: LabelSwitches,
  range: Interval,
  folder: string,
  work: string,
): void {
  const all = [...families(timeline, labels).values()].map((build) => build());
  for (const [n, day] of [...windows(range, DAY)].entries()) {
    const file = join(work, `day-${n}.om`);
    writeFileSync(file, [...openMetrics(all, timeline.step, day)].join(""));
    execFileSync("promtool", ["tsdb", "create-blocks-from", "openmetrics", "-q", file, folder], { stdio: "pipe" });
    rmSync(file);
  }
}

/** A real Prometheus over blocks of the timeline, in a temporary folder, on a free port. */
export async function startPrometheus(timeline: Timeline, labels: LabelSwitches, range: Interval): Promise<Running> {
  return startPrometheusOver((folder, work) => backfill(timeline, labels, range, folder, work));
}

const NO_SCRAPES = "global: { scrape_interval: 1m }\nscrape_configs: []\n";

/**
 * A real Prometheus over the blocks that `fill` makes in `folder`; `work` is a temporary folder for what it needs. @param config its
 * configuration, by default one without scrapes; paths in it start in `work`.
 */
export async function startPrometheusOver(
  fill: (folder: string, work: string) => void,
  config = NO_SCRAPES,
): Promise<Running> {
  const work = mkdtempSync(join(tmpdir(), "simulator-prometheus-"));
  const folder = join(work, "tsdb");
  mkdirSync(folder);
  fill(folder, work);
  const configFile = join(work, "prometheus.yml");
  writeFileSync(configFile, config);
  return startProgram(
    "prometheus",
    (port) => [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${folder}`,
      "--storage.tsdb.retention.time=4000d",
      `--web.listen-address=127.0.0.1:${port}`,
      "--log.level=error",
    ],
    { ready: "/-/ready", folder: work },
  );
}
