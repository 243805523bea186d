import type { Benchmark, Figure, Outcome } from "./measure.ts";

/** What a figure is held to, both limits included. */
export interface Budget {
  readonly atLeast?: number;
  readonly atMost?: number;
}
/** By `<benchmark>.<key>`. */
export type Budgets = Readonly<Record<string, Budget>>;

function format({ value, unit }: Figure): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  const text = value.toFixed(unit === "count" ? 0 : digits);
  return unit === "times"
    ? `${text} ×`
    : unit === "percent"
      ? `${text} %`
      : unit === "count"
        ? text
        : `${text} ${unit}`;
}

const limit = ({ atLeast, atMost }: Budget): string => (atLeast !== undefined ? `≥ ${atLeast}` : `≤ ${atMost}`);

function misses(value: number, { atLeast, atMost }: Budget): boolean {
  return !(value >= (atLeast ?? Number.NEGATIVE_INFINITY) && value <= (atMost ?? Number.POSITIVE_INFINITY));
}

/** A benchmark's part of RESULTS.md, and how many of its budgets are missed: also by a figure that is no longer reported. */
export function section(
  bench: Benchmark,
  { figures, notes }: Outcome,
  budgets: Budgets,
): { text: string; missed: number } {
  let missed = 0;
  const rows = figures.map((figure) => {
    const budget = budgets[`${bench.name}.${figure.key}`];
    const miss = budget !== undefined && misses(figure.value, budget);
    if (miss) missed++;
    return `| ${figure.what} | ${format(figure)} | ${budget ? `${limit(budget)}${miss ? " – missed" : ""}` : ""} |`;
  });
  // A figure that a benchmark no longer gives must not pass for one that it keeps.
  for (const key of Object.keys(budgets)) {
    const [name, figure] = key.split(".");
    if (name !== bench.name || figures.some((f) => f.key === figure)) continue;
    missed++;
    rows.push(`| ${figure} | not measured | missed |`);
  }
  const table = ["| figure | measured | budget |", "|---|---|---|", ...rows].join("\n");
  const said = notes.length ? `\n\n${notes.map((n) => `- ${n}`).join("\n")}` : "";
  return { text: `### ${bench.what} (\`${bench.name}\`)\n\n${bench.how}\n\n${table}${said}\n`, missed };
}
