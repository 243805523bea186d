import type { Interval } from "@/lib/time.ts";
import type { Family, PromSeries } from "./prometheus/family.ts";

function labelText(s: PromSeries): string {
  return s.labels.map(([n, v]) => `${n}=${JSON.stringify(v)}`).join(",");
}

/**
 * Samples with instants in `[start, end)` as OpenMetrics text, chunk by chunk, for
 * `promtool tsdb create-blocks-from openmetrics`. Write a file per day: promtool reads the file again for every block.
 */
export function* openMetrics(families: Iterable<Family>, stepSeconds: number, range: Interval): Generator<string> {
  const from = Math.ceil(range.start / stepSeconds);
  const to = Math.ceil(range.end / stepSeconds);
  for (const family of families) {
    // OpenMetrics names a counter without the suffix of its samples.
    const name = family.isCounter ? family.name.replace(/_total$/, "") : family.name;
    yield `# HELP ${name} ${family.help}\n# TYPE ${name} ${family.isCounter ? "counter" : "gauge"}\n`;
    const scale = 10 ** family.decimals;
    for (const s of family.series) {
      const head = `${family.name}{${labelText(s)}} `;
      const lines: string[] = [];
      for (const piece of s.pieces)
        for (let i = Math.max(from, piece.from); i < Math.min(to, piece.to); i++)
          lines.push(`${head}${family.at(s, piece, i) / scale} ${i * stepSeconds}\n`);
      if (lines.length > 0) yield lines.join("");
    }
  }
  yield "# EOF\n";
}
