import type { Filters } from "@/lib/reports/scope";
import { dateOf, formatInstant, type Interval, monthInterval, monthOf, parseEdge } from "@/lib/time";

const LONGEST_PART = 60;

/**
 * What, whom and when: `usage-by-workload_project-vision_2026-10.csv`. ASCII letters, digits, `.`, `-` and `_` only.
 * A whole month of the zone is named by itself, days by first and first not counted, anything else by instants.
 */
export function exportFileName(
  slug: string,
  filters: Filters,
  period: Interval,
  zone: string,
  extension: "csv" | "json",
): string {
  const whom = (["cluster", "project", "user"] as const).flatMap((key) => {
    const name = filters[key];
    return name === undefined ? [] : [`${key}-${safe(name)}`];
  });
  return `${[safe(slug), ...(whom.length ? whom : ["all"]), when(period, zone)].join("_")}.${extension}`;
}

function safe(text: string): string {
  const ascii = text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^A-Za-z0-9.]+/g, "-");
  return ascii.slice(0, LONGEST_PART).replace(/^[.-]+|[.-]+$/g, "") || "other";
}

function when({ start, end }: Interval, zone: string): string {
  const month = monthOf(start, zone);
  const whole = monthInterval(month, zone);
  if (whole.start === start && whole.end === end) return month;
  return `${edge(start, zone)}_${edge(end, zone)}`;
}

function edge(at: number, zone: string): string {
  const date = dateOf(at, zone);
  return parseEdge(date, zone) === at ? date : formatInstant(at).replaceAll(":", "");
}
