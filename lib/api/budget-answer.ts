import { loadOutlooks, type OutlookQuery, type ScopeOutlook } from "@/lib/budgets/outlooks.ts";
import { BUDGET_SPANS, type BudgetScope, scopeOfId } from "@/lib/budgets/types.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import type { Column, Row } from "@/lib/reports/report.ts";
import type { Answer } from "./endpoint.ts";
import { parseFormat } from "./report-request.ts";
import { rowsAnswer } from "./rows-answer.ts";

interface OutlookAsked {
  readonly scope?: string | undefined;
  readonly span?: string | undefined;
  readonly format?: string | undefined;
}

/** The scope of an id of a request, such as `team:11`. @throws AppError `invalid`. */
export function scopeOf(id: string): BudgetScope {
  const scope = scopeOfId(id);
  if (scope) return scope;
  throw new AppError(
    "invalid",
    `"${id}" is not a scope: write all, team:11, cost-centre:CC-7100, department:research or project:3.`,
  );
}

/** `scope` (an id such as `team:11`) and `span` of a request. @throws AppError `invalid` for anything else. */
function queryOf({ scope: id, span }: OutlookAsked): OutlookQuery {
  const scope = id === undefined ? null : scopeOf(id);
  const known = BUDGET_SPANS.find((s) => s === span);
  if (span !== undefined && !known)
    throw new AppError("invalid", `"${span}" is not a span: use ${BUDGET_SPANS.join(", ")}.`);
  return { ...(scope ? { scopes: [scope] } : {}), ...(known ? { span: known } : {}) };
}

type RowsOf = (outlook: ScopeOutlook, currency: string) => readonly Row[];

/** Outlooks as JSON (an object with `rows`) or CSV, by `format`. @throws AppError as loadOutlooks; `invalid` for anything else. */
export async function outlooksAnswer(
  ctx: Ctx,
  asked: OutlookAsked,
  name: "budgets" | "forecast" | "budget-alerts",
  columns: readonly Column[],
  rowsOf: RowsOf,
): Promise<Answer> {
  const format = parseFormat(asked.format ?? "json");
  const outlooks = await loadOutlooks(ctx, queryOf(asked));
  const rows = outlooks.flatMap((o) => rowsOf(o, ctx.ledger.currency));
  return rowsAnswer(columns, rows, format, name);
}
