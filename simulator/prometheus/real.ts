import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DAY, type Interval, windows } from "@/lib/time.ts";
import { openMetrics } from "@/simulator/openmetrics.ts";
import type { Timeline } from "@/simulator/timeline.ts";
import type { LabelSwitches } from "./exporter-labels.ts";
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

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
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

export interface RealPrometheus {
  readonly url: string;
  stop(): Promise<void>;
}

/** A real Prometheus over blocks of the timeline, in a temporary folder, on a free port. */
export async function startPrometheus(
  timeline: Timeline,
  labels: LabelSwitches,
  range: Interval,
): Promise<RealPrometheus> {
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
): Promise<RealPrometheus> {
  const work = mkdtempSync(join(tmpdir(), "simulator-prometheus-"));
  const folder = join(work, "tsdb");
  mkdirSync(folder);
  fill(folder, work);
  const configFile = join(work, "prometheus.yml");
  writeFileSync(configFile, config);
  const port = await freePort();
  const child: ChildProcess = spawn(
    "prometheus",
    [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${folder}`,
      "--storage.tsdb.retention.time=4000d",
      `--web.listen-address=127.0.0.1:${port}`,
      "--log.level=error",
    ],
    { stdio: "ignore" },
  );
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries++) {
    const ready = await fetch(`${url}/-/ready`).then(
      (r) => r.ok,
      () => false,
    );
    if (ready) break;
    if (tries > 100) throw new Error("Prometheus did not become ready.");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    url,
    async stop() {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await gone;
      rmSync(work, { recursive: true, force: true });
    },
  };
}
