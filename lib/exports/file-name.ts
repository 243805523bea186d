import type { BillingPeriod } from "@/lib/periods/types.ts";
import type { Filters } from "@/lib/reports/read/scope.ts";
import type { Statement } from "@/lib/statements/types.ts";
import { dateOf, formatInstant, type Interval, monthInterval, monthOf, parseEdge } from "@/lib/time.ts";

/** A file of one statement, or of every statement of a period. */
export type FinanceFile = "statement" | "statements" | "focus" | "journal" | "period";
export type FinanceExtension = "csv" | "json" | "xlsx" | "pdf" | "zip";

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

/**
 * `statement_team-vision_2026-10_GL-2026-10-0003.pdf`, or `…_draft.pdf` before the close. A credit note says so in front.
 * Two teams may share a name in ASCII: a draft's file is told apart by the team's key.
 */
export function statementFileName(what: FinanceFile, statement: Statement, extension: FinanceExtension): string {
  const { team, period } = statement.header;
  const kind = what === "statement" && statement.kind === "credit-note" ? "credit-note" : what;
  const whom = `team-${safe(team.name)}`;
  const number = statement.number === null ? `draft-${team.key}` : safe(statement.number);
  return `${[kind, whom, safe(period.id), number].join("_")}.${extension}`;
}

/**
 * What all teams of a period get in one file, or those of a cost centre: `journal_all_2026-10.csv`,
 * `statements_cost-centre-CC-7100_2026-10.xlsx`, `statements_no-cost-centre_2026-10.csv` for those without.
 */
export function periodFileName(
  what: FinanceFile,
  period: Pick<BillingPeriod, "id">,
  extension: FinanceExtension,
  costCentre?: string,
): string {
  const whom = costCentre ? `cost-centre-${safe(costCentre)}` : costCentre === "" ? "no-cost-centre" : "all";
  return `${[what, whom, safe(period.id)].join("_")}.${extension}`;
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
