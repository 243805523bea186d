import type { Answer, Missing } from "@/lib/sources/source.ts";
import type { Interval } from "@/lib/time.ts";
import type { PrometheusClient } from "./client.ts";
import { count, givenQuery, selector } from "./promql.ts";

/**
 * What a query counts in a window: the sum of its series at the end of the window. Null where it returns none, or a value that is not a
 * number; `missing` says whether the server has other samples of that time (`no-data`) or none at all (`failed`).
 * @throws AppError `source_unavailable`.
 */
export async function readCount(
  client: PrometheusClient,
  query: string,
  window: Interval,
): Promise<Answer<number | null>> {
  const found = await client.instant(givenQuery(query, window.end - window.start), window.end);
  if (found.incomplete.length) return unknown("failed", found.incomplete.join(" "));
  const values = found.series.map((s) => s.value[0] ?? Number.NaN);
  if (values.length > 0) {
    const sum = values.reduce((a, b) => a + b, 0);
    return Number.isFinite(sum) && sum >= 0
      ? { value: sum, missing: [] }
      : unknown("failed", "The query returns a value that is not a count.");
  }
  const others = await client.instant(count(selector("up")), window.end);
  return others.series.length > 0
    ? unknown("no-data", "The query returns no series.")
    : unknown("failed", "Prometheus has no samples of that time.");
}

const unknown = (kind: Missing["kind"], cause: string): Answer<number | null> => ({
  value: null,
  missing: [{ kind, subject: "", metric: "", cause }],
});
