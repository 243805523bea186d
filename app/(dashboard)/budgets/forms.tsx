import { ActionForm } from "@/components/ui/action-form.tsx";
import { CheckField, FileField, SelectField, TextField } from "@/components/ui/field.tsx";
import { Guarded } from "@/components/ui/panel.tsx";
import { BUDGET_COLUMNS } from "@/lib/budgets/csv.ts";
import { BUDGET_SPANS, type Budget } from "@/lib/budgets/types.ts";
import { formatDecimal } from "@/lib/money.ts";
import { addEvent, copy, importBudgets, saveBudget } from "./actions.ts";

export interface ScopeOption {
  readonly value: string;
  readonly label: string;
}
const SPAN_WORDS = { month: "month", quarter: "quarter", year: "fiscal year" } as const;
const SPANS = BUDGET_SPANS.map((value) => ({ value, label: SPAN_WORDS[value] }));

/** Sets a budget. @param scopes to choose from; one: it is that one's. @param from the day that is filled in. */
export function BudgetForm({
  scopes,
  from,
  now,
}: {
  scopes: readonly ScopeOption[];
  from: string;
  now?: Budget | undefined;
}) {
  const [only] = scopes;
  return (
    <ActionForm
      action={saveBudget}
      label="Save budget"
      fields={scopes.length === 1 && only ? { scope: only.value } : {}}
    >
      {scopes.length > 1 && <SelectField label="Budget of" name="scope" options={scopes} />}
      <TextField
        label="Amount"
        name="amount"
        required
        inputMode="decimal"
        align="right"
        value={now?.amountMicros ? formatDecimal(now.amountMicros, 6, 2) : undefined}
      />
      <SelectField label="for each" name="span" options={SPANS} value={now?.span} />
      <TextField label="From" name="from" type="date" value={from} required />
      <TextField
        label="Warning at %"
        name="warningPercent"
        value={String(now?.warningPercent ?? 80)}
        inputMode="numeric"
      />
      <TextField
        label="Critical at %"
        name="criticalPercent"
        value={String(now?.criticalPercent ?? 95)}
        inputMode="numeric"
      />
      <TextField label="Note" name="note" value={now?.note} />
      <TextField label="Reason (audit log)" name="reason" />
      <div className="sm:pt-5.5">
        <CheckField label="Carry over what is left" name="carryOver" checked={now?.carryOver ?? false} />
      </div>
    </ActionForm>
  );
}

/** Ends the budget of one scope. */
export function EndForm({ scope, from }: { scope: string; from: string }) {
  return (
    <Guarded label="End this budget">
      <p className="mb-2 text-soft">
        From that day on there is no budget, until another is set. Earlier days keep theirs.
      </p>
      <ActionForm action={saveBudget} label="End the budget" look="danger" fields={{ scope, act: "end", amount: "" }}>
        <TextField label="First day without" name="from" type="date" value={from} required />
        <TextField label="Reason (audit log)" name="reason" />
      </ActionForm>
    </Guarded>
  );
}

export function ImportForm() {
  return (
    <Guarded label="Import a file">
      <p className="mb-2 text-soft">
        A CSV file with the columns {BUDGET_COLUMNS.join(", ")}. All lines are imported, or none when one is wrong. An
        empty amount ends a budget.
      </p>
      <ActionForm action={importBudgets} label="Import" busy="Importing…">
        <FileField label="CSV file" name="file" accept=".csv,.gz,text/csv" />
      </ActionForm>
    </Guarded>
  );
}

/** Several budgets at once, from the year before or from what was spent. */
export function CopyForm({ scopes, day }: { scopes: readonly ScopeOption[]; day: string }) {
  return (
    <Guarded label="Copy budgets">
      <p className="mb-2 text-soft">
        From what was spent in the last whole month, quarter or year; or the budgets of the fiscal year before, each at
        its place in the year.
      </p>
      <ActionForm action={copy} label="Set budgets">
        <SelectField
          label="From"
          name="source"
          options={[
            { value: "actuals", label: "what was spent" },
            { value: "last-year", label: "last year's budgets" },
          ]}
        />
        <TextField label="Change in %" name="changePercent" value="0" inputMode="numeric" />
        <SelectField label="for each" name="span" options={SPANS} />
        <SelectField label="Budget of" name="scope" options={[{ value: "", label: "every team" }, ...scopes]} />
        <TextField label="A day of the period" name="day" type="date" value={day} required />
      </ActionForm>
    </Guarded>
  );
}

export function EventForm({ scope, from }: { scope: string; from: string }) {
  return (
    <ActionForm action={addEvent} label="Plan" fields={{ scope }}>
      <TextField label="What is planned" name="note" required placeholder="New node pool" />
      <TextField label="From" name="from" type="date" value={from} required />
      <TextField label="First day after it" name="until" type="date" hint="Empty: it stays" />
      <TextField label="Changes cost by %" name="changePercent" inputMode="numeric" placeholder="-30" />
      <TextField label="Adds each day" name="perDay" inputMode="decimal" align="right" placeholder="250" />
    </ActionForm>
  );
}
