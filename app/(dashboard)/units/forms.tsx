import { ActionForm } from "@/components/ui/action-form.tsx";
import { CheckField, FileField, type Option, SelectField, TextArea, TextField } from "@/components/ui/field.tsx";
import { Guarded } from "@/components/ui/panel.tsx";
import { scopeId } from "@/lib/budgets/types.ts";
import { formatDecimal } from "@/lib/money.ts";
import { dateOfKey } from "@/lib/time.ts";
import { COUNT_COLUMNS } from "@/lib/unit-costs/csv.ts";
import type { StoredUnit } from "@/lib/unit-costs/types.ts";
import { addCount, archive, change, define, importCounts } from "./actions.ts";

const PERS = [
  { value: "1", label: "one" },
  { value: "1000", label: "1,000" },
  { value: "1000000", label: "a million" },
];
const CATEGORIES = [
  { value: "", label: "all workloads" },
  { value: "Deploy", label: "inference" },
  { value: "Train", label: "training" },
  { value: "Build", label: "workspaces" },
];
const BASES = [
  { value: "allocation", label: "everything charged" },
  { value: "usage", label: "time in which cards worked" },
];
const SOURCES = [
  { value: "reported", label: "API, file or by hand" },
  { value: "query", label: "a PromQL query" },
  { value: "requests", label: "requests that Run:ai reports" },
  { value: "tokens", label: "tokens that vLLM counts (Prometheus)" },
];
const amount = (micros: number | null | undefined): string | undefined =>
  micros === null || micros === undefined ? undefined : formatDecimal(micros, 6, 2);

interface FormProps {
  readonly scopes: readonly Option[];
  readonly from: string;
  readonly mayQuery: boolean;
  readonly unit?: StoredUnit | undefined;
}

/** Defines a unit, or changes one. @param mayQuery whether counts may come from a query. */
export function UnitForm({ scopes, from, mayQuery, unit }: FormProps) {
  const sources = SOURCES.filter((s) => mayQuery || s.value !== "query");
  return (
    <ActionForm
      action={unit ? change : define}
      label={unit ? "Save" : "Define unit"}
      fields={unit ? { unit: String(unit.key) } : {}}
    >
      <TextField label="Name" name="name" required value={unit?.name} placeholder="Chat tokens" />
      <TextField label="One is a" name="noun" required value={unit?.noun} placeholder="token" />
      <SelectField label="Cost per" name="per" options={PERS} value={String(unit?.per ?? 1)} />
      <SelectField label="Whose cost" name="scope" options={scopes} value={unit && scopeId(unit.scope)} />
      <SelectField label="Of" name="category" options={CATEGORIES} value={unit?.category} />
      <TextField label="With the label" name="label" value={unit?.label} placeholder="ai-finops.io/model=llama" />
      <TextField label="On the GPU model" name="gpuModel" value={unit?.gpuModel} placeholder="any" />
      <SelectField label="Counts from" name="source" options={sources} value={unit?.source} />
      <TextField
        label="Counts from the day"
        name="countsFrom"
        type="date"
        required
        value={unit ? dateOfKey(unit.countsFromDay) : from}
      />
      {mayQuery && (
        <TextField
          label="Query"
          name="query"
          value={unit?.query}
          placeholder="sum(increase(vllm:generation_tokens_total[$window]))"
          hint="$window stands for the length of the window"
        />
      )}
      <SelectField label="Target is about" name="basis" options={BASES} value={unit?.basis} />
      <TextField label="Target" name="target" inputMode="decimal" align="right" value={amount(unit?.targetMicros)} />
      <TextField
        label="Alert above"
        name="threshold"
        inputMode="decimal"
        align="right"
        value={amount(unit?.thresholdMicros)}
      />
      <TextField label="Note" name="note" value={unit?.note} />
      <TextField label="Reason (audit log)" name="reason" />
      <div className="sm:pt-5.5">
        <CheckField label="With unused capacity and imported cost" name="loaded" checked={unit?.loaded ?? false} />
      </div>
      {mayQuery && (
        <div className="sm:pt-5.5">
          <CheckField
            label="No series in the query means none"
            name="emptyIsZero"
            checked={unit?.emptyIsZero ?? false}
          />
        </div>
      )}
    </ActionForm>
  );
}

/** Records counts by hand or from a file. */
export function CountForms({ unit, day }: { unit: StoredUnit; day: string }) {
  const fields = { unit: String(unit.key) };
  return (
    <>
      <ActionForm action={addCount} label="Save count" fields={fields}>
        <TextField label="Day" name="day" type="date" required value={day} />
        <TextField label="How many" name="count" inputMode="decimal" align="right" hint="Empty: withdraws it" />
        <TextField label="Id" name="id" placeholder="the day" hint="The same id replaces it" />
        <TextField label="Reason (audit log)" name="reason" />
      </ActionForm>
      <div className="mt-4">
        <Guarded label="Import a file">
          <p className="mb-2 text-soft">
            A CSV file with the columns {COUNT_COLUMNS.join(", ")}. All lines are imported, or none when one is wrong.
          </p>
          <ActionForm action={importCounts} label="Import" busy="Importing…" fields={fields}>
            <FileField label="CSV file" name="file" accept=".csv,.gz,text/csv" />
          </ActionForm>
        </Guarded>
      </div>
    </>
  );
}

export function ArchiveForm({ unit }: { unit: StoredUnit }) {
  return (
    <Guarded label="Archive this unit">
      <p className="mb-2 text-soft">It is no longer shown, read or alerted about. Its counts stay in the ledger.</p>
      <ActionForm action={archive} label="Archive" look="danger" fields={{ unit: String(unit.key) }}>
        <TextArea label="Reason (audit log)" name="reason" />
      </ActionForm>
    </Guarded>
  );
}
