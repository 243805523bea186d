import { Section } from "@/components/page-header.tsx";
import { TextLink } from "@/components/ui/text-link.tsx";
import { mayDo } from "@/lib/auth/allow.ts";
import { scopeId } from "@/lib/budgets/types.ts";
import { sentenceOf } from "@/lib/budgets/words.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { loadBudgetsPage } from "@/lib/pages/budgets.ts";
import { type At, ReportCard } from "./report-card.tsx";

const MOST = 6;

/** Budget and forecast of each team of a person who sees some teams, a sentence each, those that need a look first. */
export async function OwnTeamsBudgets({ ctx, at }: { ctx: Ctx; at: At }) {
  if (!mayDo(ctx.viewer, "budgets.read")) return null;
  const teams = (await loadBudgetsPage(ctx)).filter(({ scope }) => scope.kind === "team");
  if (teams.length === 0) return null;
  return (
    <Section title="Budget and forecast" controls={<TextLink to="/budgets">All budgets</TextLink>}>
      <ul className="grid gap-3 text-sm">
        {teams.slice(0, MOST).map((view) => (
          <li key={view.scope.value} className="min-w-0 [&>div]:mt-0.5">
            <TextLink to={`/budgets/${encodeURIComponent(scopeId(view.scope))}`}>
              {sentenceOf(view.name, view.outlook, view.budget, ctx.ledger.currency)}
            </TextLink>
            {view.outlook.end && <ReportCard ctx={ctx} view={view} {...at} />}
          </li>
        ))}
      </ul>
      {teams.length > MOST && <p className="mt-1 text-sm text-faint">and {teams.length - MOST} more teams</p>}
    </Section>
  );
}
