import { Section } from "@/components/page-header.tsx";
import { TextLink } from "@/components/ui/text-link.tsx";
import { mayDo } from "@/lib/auth/allow.ts";
import { scopeId } from "@/lib/budgets/types.ts";
import { sentenceOf } from "@/lib/budgets/words.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { loadBudgetsPage } from "@/lib/pages/budgets.ts";

const MOST = 6;

/** Budget and forecast of each team of a person who sees some teams, a sentence each, those that need a look first. */
export async function OwnTeamsBudgets({ ctx }: { ctx: Ctx }) {
  if (!mayDo(ctx.viewer, "budgets.read")) return null;
  const teams = (await loadBudgetsPage(ctx)).filter(({ scope }) => scope.kind === "team");
  if (teams.length === 0) return null;
  return (
    <Section title="Budget and forecast" controls={<TextLink to="/budgets">All budgets</TextLink>}>
      <ul className="grid gap-1 text-sm">
        {teams.slice(0, MOST).map(({ scope, name, outlook, budget }) => (
          <li key={scope.value}>
            <TextLink to={`/budgets/${encodeURIComponent(scopeId(scope))}`}>
              {sentenceOf(name, outlook, budget, ctx.ledger.currency)}
            </TextLink>
          </li>
        ))}
      </ul>
      {teams.length > MOST && <p className="mt-1 text-sm text-faint">and {teams.length - MOST} more teams</p>}
    </Section>
  );
}
