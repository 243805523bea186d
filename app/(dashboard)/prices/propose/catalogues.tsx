import { Section } from "@/components/page-header.tsx";
import { count, drawn, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { FileField, TextField } from "@/components/ui/field.tsx";
import { Guarded } from "@/components/ui/panel.tsx";
import { CATALOGUE_COLUMNS } from "@/lib/pricing/catalogue.ts";
import type { CatalogueSum } from "@/lib/pricing/catalogue-store.ts";
import { importPriceCatalogue, removePriceCatalogue } from "./catalogue-actions.ts";

const COLUMNS: readonly TableColumn<CatalogueSum>[] = [
  text("catalogue", "Catalogue", (c) => c.name, { look: ["strong"] }),
  count("prices", "Prices", (c) => c.prices, { lead: true }),
  text("of", "As of", (c) => (c.firstDay === c.lastDay ? c.firstDay : `${c.firstDay} to ${c.lastDay}`)),
  drawn("act", "Act", ({ name }) => (
    <Guarded label="Remove">
      <ActionForm action={removePriceCatalogue} label="Remove the catalogue" look="danger" fields={{ name }} />
    </Guarded>
  )),
];

/** Price lists of clouds that were imported, to be searched with those that come with the product. */
export function Catalogues({ catalogues, today }: { catalogues: readonly CatalogueSum[]; today: string }) {
  return (
    <Section title="Catalogues of list prices" note="searched above; one of the same file name is replaced">
      {catalogues.length > 0 && (
        <DataTable view={plainView("Catalogues of list prices", COLUMNS)} rows={catalogues} keyOf={(c) => c.name} />
      )}
      <ActionForm action={importPriceCatalogue} label="Import" busy="Reading…" look="plain" className="mt-3">
        <FileField label="Price list (CSV)" name="catalogue" accept=".csv,.gz,text/csv" />
        <TextField label="Cloud, where the file has no such column" name="cloud" />
        <TextField label="Source, where it does not say" name="source" placeholder="provider's price page" />
        <TextField label="As of, where it does not say" name="asOf" type="date" value={today} />
      </ActionForm>
      <p className="mt-2 text-xs text-faint">
        Columns: {CATALOGUE_COLUMNS.join(", ")}; a price is for an hour of the whole instance. Published lists with
        other names for them, such as instance_type and accelerator, are read too.
      </p>
    </Section>
  );
}
