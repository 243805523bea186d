import { loadOutlooks, type OutlookQuery, type ScopeOutlook } from "@/lib/budgets/outlooks.ts";
import { BUDGET_SPANS, scopeOfId } from "@/lib/budgets/types.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { csvHeader, csvLines } from "@/lib/exports/csv.ts";
import { jsonRow } from "@/lib/exports/json.ts";
import type { Column, Row } from "@/lib/reports/report.ts";
import { parseFormat } from "./report-request.ts";
import { respondFile } from "./respond.ts";

const NAMES = ["scope", "span", "format"];

/** `scope` (an id such as `team:11`) and `span` of a request. @throws AppError `invalid` for what it does not know. */
function queryOf(given: URLSearchParams): OutlookQuery {
  const unknown = [...given.keys()].find((name) => !NAMES.includes(name));
  if (unknown) throw new AppError("invalid", `There is no parameter "${unknown}": use ${NAMES.join(", ")}.`);
  const [id, span] = [given.get("scope"), given.get("span")];
  const scope = id === null ? null : scopeOfId(id);
  if (id !== null && !scope)
    throw new AppError(
      "invalid",
      `"${id}" is not a scope: write all, team:11, cost-centre:CC-7100, department:research or project:3.`,
    );
  const known = BUDGET_SPANS.find((s) => s === span);
  if (span !== null && !known)
    throw new AppError("invalid", `"${span}" is not a span: use ${BUDGET_SPANS.join(", ")}.`);
  return { ...(scope ? { scopes: [scope] } : {}), ...(known ? { span: known } : {}) };
}

/** Outlooks as JSON (an object with `rows`) or CSV, by `format`. */
export async function answerOutlooks(
  ctx: Ctx,
  request: Request,
  name: "budgets" | "forecast",
  columns: readonly Column[],
  rowsOf: (outlook: ScopeOutlook, currency: string) => readonly Row[],
): Promise<Response> {
  const given = new URL(request.url).searchParams;
  const format = parseFormat(given.get("format") ?? "json");
  const outlooks = await loadOutlooks(ctx, queryOf(given));
  const rows = outlooks.flatMap((o) => rowsOf(o, ctx.ledger.currency));
  async function* chunks() {
    if (format === "csv") yield csvHeader(columns) + (rows.length ? csvLines(columns, rows) : "");
    else yield `{"rows":[\n${rows.map((row) => jsonRow(columns, row)).join(",\n")}\n]}\n`;
  }
  return respondFile(chunks(), format, `${name}.${format}`, ctx);
}
