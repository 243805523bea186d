import type { PageInput } from "@/app/page-input.ts";
import { href, type Params } from "@/components/href.ts";
import { dateOf, formatInstant, parseEdge } from "@/lib/time.ts";

/** Where the API gives the same rows as a file. The period is written out, so that the link means the same tomorrow. */
export function downloadHref(
  slug: string,
  input: Pick<PageInput, "period" | "billingZone">,
  filters: Params,
  format: "csv" | "json",
): string {
  const edge = (at: number) => {
    const date = dateOf(at, input.billingZone);
    return parseEdge(date, input.billingZone) === at ? date : formatInstant(at);
  };
  return href(`/api/v1/reports/${slug}`, {
    from: edge(input.period.start),
    to: edge(input.period.end),
    ...filters,
    format,
  });
}
