import { createHash } from "node:crypto";
import type { BillingPeriod } from "@/lib/periods/types.ts";
import { givenValues, type Values } from "@/lib/reports/parameter.ts";
import type { Report } from "@/lib/reports/report.ts";
import type { Statement } from "@/lib/statements/types.ts";
import { dateOf, formatInstant, type Interval, monthInterval, monthOf, parseEdge } from "@/lib/time.ts";

/** A file of one statement, or of every statement of a period. */
export type FinanceFile = "statement" | "statements" | "focus" | "journal" | "period";
export type FinanceExtension = "csv" | "json" | "xlsx" | "pdf" | "zip";

const LONGEST_PART = 60;

/** With the rest of a name, below the 255 bytes that file systems take. */
const LONGEST_WHOM = 160;

/**
 * What, whom and when: `usage-by-workload_project-vision_2026-10.csv`, `top-movers_by-user_2026-10.csv`. Each parameter that
 * is given is in it. A whole month of the zone is named by itself, days by first and first not counted, anything else by
 * instants. Two downloads of different content have different names, also where a file system takes A and a for the same: a
 * value that a file name cannot hold as it is has a mark behind it. ASCII letters, digits, `.`, `@`, `-` and `_` only.
 */
export function reportFileName(
  report: Pick<Report, "slug" | "parameters">,
  values: Values,
  period: Interval,
  zone: string,
  extension: "csv" | "json",
): string {
  const parts = givenValues(report, values).map(([name, value]) => `${name}-${distinct(value)}`);
  const whom = parts.join("_") || "all";
  const kept = whom.length <= LONGEST_WHOM ? whom : `${whom.slice(0, LONGEST_WHOM)}--${markOf(whom)}`;
  return `${[report.slug, kept, when(period, zone)].join("_")}.${extension}`;
}

/** The part of a file name that distinguishes a table with other columns or rows from the whole: `view-1a2b3c4d`; empty where nothing is given. */
export function viewMark(params: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(params).filter(([, value]) => value);
  return given.length ? `view-${markOf(JSON.stringify(given.sort()))}` : "";
}

/** Lower-case letters and digits, with single `.`, `@` and `-` between them: these stay as they are in a file name. */
const PLAIN = /^[a-z0-9]+(?:[.@-][a-z0-9]+)*$/;

function distinct(value: string): string {
  return value.length <= LONGEST_PART && PLAIN.test(value) ? value : `${safe(value)}--${markOf(value)}`;
}

/** A name as it is where ASCII has it, with a mark behind it where it had to be changed. */
const marked = (name: string): string => (safe(name) === name ? name : `${safe(name)}--${markOf(name)}`);

/** Eight hexadecimal digits of the SHA-256 of a text. */
const markOf = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 8);

/**
 * `statement_team-vision_2026-10_GL-2026-10-0003.pdf`, or `…_draft.pdf` before the close. A credit note says so in front.
 * Two teams may share a name in ASCII: a draft's file has the team's key in its name.
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
  const whom = costCentre ? `cost-centre-${marked(costCentre)}` : costCentre === "" ? "no-cost-centre" : "all";
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
