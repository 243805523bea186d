import { Section } from "@/components/page-header.tsx";
import { ReadingTable } from "@/components/reading-table.tsx";
import { count, drawn, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { FileField, SelectField, TextField } from "@/components/ui/field.tsx";
import { Guarded } from "@/components/ui/panel.tsx";
import { CATALOGUE_COLUMNS } from "@/lib/pricing/catalogue.ts";
import type { CatalogueSum } from "@/lib/pricing/catalogue-store.ts";
import type { Reading } from "@/lib/readings/index.ts";
import { importPriceCatalogue, readPriceList, removePriceCatalogue } from "./catalogue-actions.ts";

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

interface Props {
  readonly catalogues: readonly CatalogueSum[];
  readonly today: string;
  /** Published price lists, with what is not set up. */
  readonly feeds: readonly { readonly name: string; readonly title: string; readonly problem: string | null }[];
  readonly readings: readonly Reading[];
  readonly zone: string;
  readonly now: number;
}

/** Price lists of clouds that were imported, to be searched with those that come with the product. */
export function Catalogues({ catalogues, today, feeds, readings, zone, now }: Props) {
  const ready = feeds.filter((feed) => feed.problem === null);
  const others = feeds.filter((feed) => feed.problem !== null);
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
      <div className="mt-5">
        <ActionForm action={readPriceList} label="Read" busy="Reading…" look="plain">
          <SelectField
            label="Published price list"
            name="list"
            options={ready.map(({ name, title }) => ({ value: name, label: title }))}
          />
        </ActionForm>
        <p className="mt-2 mb-3 text-xs text-faint">
          Nothing of it is in force until it is proposed and approved.
          {others.length > 0 && ` Not set up: ${others.map((f) => `${f.title}: ${f.problem}`).join(" ")}`}
        </p>
        <ReadingTable readings={readings} zone={zone} now={now} />
      </div>
    </Section>
  );
}
