import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import type { Peers } from "@/lib/jobs/testing.ts";
import { atResolution, CHUNK_SECONDS, decodeChunk, encodeChunk } from "@/lib/sync/samples/chunk.ts";
import { DAY, floorTo } from "@/lib/time.ts";
import { MIB } from "@/lib/units.ts";
import { inChild, serveInChild } from "./child.ts";
import type { Benchmark, Figure } from "./measure.ts";
import { type Fill, type Filled, MONTH } from "./month.ts";

const DATA = path.resolve(import.meta.dirname, "../../shared/data");
/** Real series: 57 s samples of a day of image-generation pods. */
const REAL: readonly (readonly [file: string, metric: string, divisor: number])[] = [
  ["alibaba_gentd26_pod_gpu_duty_cycle_a.csv.gz", "gpu_utilisation_percent", 1],
  ["alibaba_gentd26_pod_gpu_memory_used_a.csv.gz", "gpu_memory_used_mib", MIB],
];

interface Sized {
  readonly samples: number;
  readonly bytes: number;
  readonly encodeSeconds: number;
  readonly decodeSeconds: number;
}

/** A file of `instant,subject,value` as chunks: how many bytes, how long. */
function sized(file: string, metric: string, divisor: number): Sized {
  const lines = gunzipSync(readFileSync(path.join(DATA, file)))
    .toString("utf8")
    .trim()
    .split("\n")
    .slice(1);
  const rows = lines.map((line) => line.split(",") as [string, string, string]);
  const spans = Map.groupBy(rows, ([at, subject]) => `${subject}/${floorTo(Number(at), CHUNK_SECONDS)}`);
  let [bytes, encodeSeconds, decodeSeconds] = [0, 0, 0];
  for (const span of spans.values()) {
    const list = new Map(span.map(([at, , value]) => [Number(at), Number(value) / divisor]));
    const at = [...list.keys()].sort((a, b) => a - b);
    const value = atResolution(
      metric,
      at.map((t) => list.get(t) as number),
    );
    const start = performance.now();
    const chunk = encodeChunk({ at, value });
    const encoded = performance.now();
    decodeChunk(chunk);
    decodeSeconds += (performance.now() - encoded) / 1000;
    encodeSeconds += (encoded - start) / 1000;
    bytes += chunk.length;
  }
  return { samples: rows.length, bytes, encodeSeconds, decodeSeconds };
}

export const chunks: Benchmark = {
  name: "chunks",
  what: "Bytes of a stored sample",
  how: "Bytes of the chunks over their samples: all metrics that a backfill of ten days at 60 s stores from the simulated cluster; and real series of Alibaba's GenAI trace (57 s) cut into chunks at the product's resolution.",
  async run() {
    const simulator = await serveInChild<Peers>("month#serve", { stepSeconds: 60, latencyMs: 0 });
    const range = { start: MONTH.end - 10 * DAY, end: MONTH.end };
    const fill: Fill = { peers: simulator.info, stepSeconds: 60, range };
    const { result } = await inChild<Filled>("month#fill", fill).finally(() => simulator.close());
    const figures: Figure[] = [
      {
        key: "bytes_per_sample",
        what: "a sample of the simulated cluster, all metrics",
        value: result.chunkBytes / result.chunkSamples,
        unit: "bytes",
      },
    ];
    const notes = [`${result.chunkSamples} samples of the simulated cluster.`];
    for (const [file, metric, divisor] of REAL) {
      if (!existsSync(path.join(DATA, file))) continue;
      const { samples, bytes, encodeSeconds, decodeSeconds } = sized(file, metric, divisor);
      figures.push({ key: `real_${metric}`, what: `a real sample, ${metric}`, value: bytes / samples, unit: "bytes" });
      notes.push(
        `${metric}: ${samples} real samples; decoding ${(encodeSeconds / decodeSeconds).toFixed(1)} times as fast as encoding.`,
      );
    }
    return { figures, notes };
  },
};
