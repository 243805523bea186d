import { formatDay } from "@/components/format.ts";
import { Section } from "@/components/page-header.tsx";
import { day, drawn, moneyIn, percent, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { type PlannedEvent, scopeId } from "@/lib/budgets/types.ts";
import type { BudgetPage } from "@/lib/pages/budgets.ts";
import { dropEvent } from "../actions.ts";
import { EventForm } from "../forms.tsx";

/** What is planned and cannot be seen in the past. */
export function Events({ page, currency, today }: { page: BudgetPage; currency: string; today: string }) {
  const { view, events } = page;
  const columns: readonly TableColumn<PlannedEvent>[] = [
    text("note", "Planned", (e) => e.note, { look: ["strong"] }),
    day("from", "From", (e) => e.fromDay),
    text("until", "Up to", (e) => (e.untilDay === null ? null : formatDay(e.untilDay)), { unknown: "It stays" }),
    percent("change", "Changes cost by", (e) => (e.changePercent === 0 ? null : e.changePercent), {
      unknown: "No change",
    }),
    moneyIn(currency)("per-day", "Adds each day", (e) => (e.perDayMicros === 0 ? null : e.perDayMicros), {
      unknown: "Nothing",
    }),
    drawn("act", "Remove", (e) =>
      view.mayEdit ? <ActionForm action={dropEvent} label="Remove" look="plain" fields={{ id: e.id }} /> : null,
    ),
  ];
  if (events.length === 0 && !view.mayEdit) return null;
  return (
    <Section title="Planned events" note="a new node pool, a holiday, the end of a project">
      <DataTable
        view={plainView("Planned events", columns)}
        rows={events}
        empty={<p className="text-sm text-faint">Nothing is planned.</p>}
      />
      {view.mayEdit && (
        <div className="mt-4">
          <EventForm scope={scopeId(view.scope)} from={today} />
        </div>
      )}
    </Section>
  );
}
