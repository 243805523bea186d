import { importFile } from "@/app/(dashboard)/prices/actions.ts";
import { Section } from "@/components/page-header.tsx";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { FileField, TextField } from "@/components/ui/field.tsx";

/** A file of prices, taken whole or not at all. */
export function ImportForm() {
  return (
    <Section title="From a file" note="CSV, or YAML with a list of prices; taken whole, or not at all">
      <ActionForm action={importFile} label="Propose the file's prices" busy="Reading…" look="plain">
        <FileField label="File" name="file" accept=".csv,.yaml,.yml" />
        <TextField label="Title of the proposal" name="title" placeholder="the file's name" />
      </ActionForm>
      <p className="mt-2 text-xs text-faint">
        Columns: kind, match, cluster, price_class, unit_price, currency, effective_from, note. Of these kind,
        unit_price and effective_from are needed.
      </p>
    </Section>
  );
}
