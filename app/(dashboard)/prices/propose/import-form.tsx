import { ActionForm } from "@/components/action-form";
import { Field, TextField } from "@/components/fields";
import { Section } from "@/components/page-header";
import { importFile } from "../actions";

/** A file of prices, taken whole or not at all. */
export function ImportForm() {
  return (
    <Section title="From a file" note="CSV, or YAML with a list of prices; taken whole, or not at all">
      <ActionForm action={importFile} label="Propose the file's prices" busy="Reading…" look="plain">
        <Field label="File">
          <input
            name="file"
            type="file"
            required
            accept=".csv,.yaml,.yml"
            className="h-8 max-w-full text-sm text-ink file:mr-2 file:h-8 file:rounded-md file:border file:border-line-strong file:bg-ground file:px-2"
          />
        </Field>
        <TextField label="Title of the proposal" name="title" placeholder="the file's name" />
      </ActionForm>
      <p className="mt-2 text-xs text-faint">
        Columns: kind, match, cluster, price_class, unit_price, currency, effective_from, note. Of these kind,
        unit_price and effective_from are needed.
      </p>
    </Section>
  );
}
