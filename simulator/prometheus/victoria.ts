import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Interval } from "@/lib/time.ts";
import type { Timeline } from "@/simulator/timeline.ts";
import type { LabelSwitches } from "./exporter-labels.ts";
import type { Family, PromSeries } from "./family.ts";
import { type Running, startProgram } from "./program.ts";
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
): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), "simulator-victoria-"));
  const server = await startProgram(
    program,
    (port) => [
      `-storageDataPath=${folder}`,
      `-httpListenAddr=127.0.0.1:${port}`,
      "-retentionPeriod=100y",
      "-memory.allowedPercent=5",
    ],
    { ready: "/health", folder },
  );
  const send = (path: string, body?: string) =>
    fetch(`${server.url}${path}`, { method: "POST", ...(body ? { body } : {}) });
  for (const family of families(timeline, labels).values()) {
    const lines = linesOf(family(), timeline.step, range);
    if (lines.length > 0) await send("/api/v1/import", lines.join("\n"));
  }
  await send("/internal/force_flush");
  return server;
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
