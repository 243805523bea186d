import { Section } from "@/components/page-header.tsx";
import { count, day, drawn, instant, moneyIn, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { type BudgetVersion, scopeId } from "@/lib/budgets/types.ts";
import type { BudgetPage } from "@/lib/pages/budgets.ts";
import { withdraw } from "../actions.ts";

/** Everything that was said of the budget, the newest first; what holds can be withdrawn. */
export function Versions({ page, currency, zone }: { page: BudgetPage; currency: string; zone: string }) {
  const { view, versions } = page;
  if (versions.length === 0) return null;
  const holds = (v: BudgetVersion) =>
    !v.withdrawn && !versions.some((o) => o.fromDay === v.fromDay && o.version > v.version);
  const columns: readonly TableColumn<BudgetVersion>[] = [
    day("from", "From", (v) => v.fromDay, { look: ["whole", "strong"] }),
    moneyIn(currency)("amount", "Amount", (v) => v.amountMicros, { lead: true, unknown: "No budget from this day on" }),
    text("span", "for each", (v) => (v.span === "year" ? "fiscal year" : v.span)),
    text("carry", "Carry-over", (v) => (v.carryOver ? "yes" : "no")),
    text("state", "State", (v) => (v.withdrawn ? "withdrawn" : holds(v) ? "in force" : "replaced")),
    count("version", "Version", (v) => v.version),
    text("note", "Note", (v) => v.note),
    instant("recorded", "Recorded", (v) => v.recordedAt, { look: ["whole"] }),
    text("by", "By", (v) => v.recordedBy),
    drawn("act", "Withdraw", (v) =>
      view.mayEdit && holds(v) ? (
        <ActionForm
          action={withdraw}
          label="Withdraw"
          look="plain"
          fields={{ scope: scopeId(view.scope), day: String(v.fromDay) }}
        />
      ) : null,
    ),
  ];
  return (
    <Section title="Versions" note="of this budget, newest first">
      <DataTable
        view={plainView("Versions", columns, { zone, now: 0, carry: {} })}
        rows={versions}
        markOf={(v) => (holds(v) ? undefined : "off")}
      />
    </Section>
  );
}
