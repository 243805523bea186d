import type { ReactNode } from "react";
import { Section } from "@/components/page-header.tsx";
import { TextLink } from "@/components/ui/text-link.tsx";
import { mayDo } from "@/lib/auth/allow.ts";
import { loadOutlooks } from "@/lib/budgets/outlooks.ts";
import { type BudgetScope, scopeId } from "@/lib/budgets/types.ts";
import { sentenceOf } from "@/lib/budgets/words.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { BudgetKpis } from "./[scope]/kpis.tsx";
import { type At, ReportCard } from "./report-card.tsx";

interface Props {
  readonly ctx: Ctx;
  readonly scope: BudgetScope;
  /** The page that it is on. */
  readonly at: At;
  /** Below it. */
  readonly children?: ReactNode;
}

/** Budget and forecast of one scope, on the pages of what it is about. Nothing for viewers who may not read budgets. */
export async function BudgetSummary({ ctx, scope, at, children }: Props) {
  if (!mayDo(ctx.viewer, "budgets.read")) return null;
  const [view] = await loadOutlooks(ctx, { scopes: [scope] });
  if (!view) return null;
  return (
    <Section
      title="Budget and forecast"
      note={view.outlook.span.id}
      controls={
        <TextLink to={`/budgets/${encodeURIComponent(scopeId(scope))}`}>Burn-down and earlier forecasts</TextLink>
      }
    >
      <p className="mb-3 text-base font-medium">
        {sentenceOf(view.name, view.outlook, view.budget, ctx.ledger.currency)}
      </p>
      <BudgetKpis view={view} currency={ctx.ledger.currency} />
      {view.outlook.end && <ReportCard ctx={ctx} view={view} {...at} />}
      {children}
    </Section>
  );
}
