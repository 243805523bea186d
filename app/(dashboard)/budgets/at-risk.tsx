import { TextLink } from "@/components/ui/text-link.tsx";
import { listOpenOfKind } from "@/lib/alerts/list.ts";
import { mayDo } from "@/lib/auth/allow.ts";
import type { Ctx } from "@/lib/ctx.ts";

const MOST = 3;

/**
 * Budgets of which an alert is open, a sentence each with chance and dates: as the rule "Budget status" found them within the hour, since
 * forecasts of every team are dear to calculate for each view of a page.
 */
export async function BudgetsAtRisk({ ctx }: { ctx: Ctx }) {
  if (!mayDo(ctx.viewer, "alerts.read")) return null;
  const shown = await listOpenOfKind(ctx, "budget-status");
  if (shown.length === 0) return null;
  return (
    <ul aria-label="Budgets at risk" className="mt-4 grid gap-1 text-sm">
      {shown.slice(0, MOST).map(({ id, title, detail }) => (
        <li key={id}>
          <TextLink to={detail.link}>{title}</TextLink>
        </li>
      ))}
      {shown.length > MOST && (
        <li>
          <TextLink to="/budgets">{`${shown.length - MOST} more`}</TextLink>
        </li>
      )}
    </ul>
  );
}
