import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Interval } from "@/lib/time.ts";
import type { Timeline } from "@/simulator/timeline.ts";
import type { LabelSwitches } from "./exporter-labels.ts";
import type { Family, PromSeries } from "./family.ts";
import { families } from "./series.ts";

const PROGRAMS = ["victoria-metrics", "victoria-metrics-prod"];

/** The program of VictoriaMetrics that can be run here; null: none. */
export function victoriaInstalled(): string | null {
  for (const program of PROGRAMS)
    try {
      execFileSync(program, ["-version"], { stdio: "ignore" });
      return program;
    } catch {}
  return null;
}

/** A real VictoriaMetrics with the samples of the timeline in `[start, end)`, in a temporary folder, on a free port. */
export async function startVictoria(
  program: string,
  timeline: Timeline,
  labels: LabelSwitches,
  range: Interval,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), "simulator-victoria-"));
  const port = await freePort();
  const child = spawn(
    program,
    [
      `-storageDataPath=${folder}`,
      `-httpListenAddr=127.0.0.1:${port}`,
      "-retentionPeriod=100y",
      "-memory.allowedPercent=5",
    ],
    { stdio: "ignore" },
  );
  const url = `http://127.0.0.1:${port}`;
  const send = (path: string, body?: string) => fetch(`${url}${path}`, { method: "POST", ...(body ? { body } : {}) });
  for (
    let tries = 0;
    !(await fetch(`${url}/health`).then(
      (r) => r.ok,
      () => false,
    ));
    tries++
  ) {
    if (tries > 100) throw new Error("VictoriaMetrics did not become ready.");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  for (const family of families(timeline, labels).values()) {
    const lines = linesOf(family(), timeline.step, range);
    if (lines.length > 0) await send("/api/v1/import", lines.join("\n"));
  }
  await send("/internal/force_flush");
  return {
    url,
    async stop() {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Series as lines of JSON, as `/api/v1/import` reads them. */
function linesOf(family: Family, step: number, range: Interval): string[] {
  const [from, to] = [Math.ceil(range.start / step), Math.ceil(range.end / step)];
  const scale = 10 ** family.decimals;
  const lineOf = (series: PromSeries): string[] => {
    const values: number[] = [];
    const timestamps: number[] = [];
    for (const piece of series.pieces)
      for (let i = Math.max(from, piece.from); i < Math.min(to, piece.to); i++) {
        values.push(family.at(series, piece, i) / scale);
        timestamps.push(i * step * 1000);
      }
    const metric = { __name__: family.name, ...Object.fromEntries(series.labels) };
    return values.length > 0 ? [JSON.stringify({ metric, values, timestamps })] : [];
  };
  return family.series.flatMap(lineOf);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}
