import { ActionForm } from "@/components/action-form.tsx";
import { Table, Td, Th } from "@/components/data-table.tsx";
import { FileField, Guarded, TextField } from "@/components/fields.tsx";
import { formatNumber } from "@/components/format.ts";
import { Section } from "@/components/page-header.tsx";
import { CATALOGUE_COLUMNS } from "@/lib/pricing/catalogue.ts";
import type { CatalogueSum } from "@/lib/pricing/catalogue-store.ts";
import { importPriceCatalogue, removePriceCatalogue } from "./catalogue-actions.ts";

/** Price lists of clouds that were imported, to be searched with those that come with the product. */
export function Catalogues({ catalogues, today }: { catalogues: readonly CatalogueSum[]; today: string }) {
  return (
    <Section title="Catalogues of list prices" note="searched above; one of the same file name is replaced">
      {catalogues.length > 0 && (
        <Table label="Catalogues of list prices" dense>
          <thead>
            <tr>
              <Th>Catalogue</Th>
              <Th right>Prices</Th>
              <Th>Of</Th>
              <Th>
                <span className="sr-only">Do</span>
              </Th>
            </tr>
          </thead>
          <tbody>
            {catalogues.map(({ name, prices, firstDay, lastDay }) => (
              <tr key={name}>
                <Td className="font-medium break-all">{name}</Td>
                <Td right>{formatNumber(prices)}</Td>
                <Td className="whitespace-nowrap">{firstDay === lastDay ? firstDay : `${firstDay} to ${lastDay}`}</Td>
                <Td right>
                  <Guarded label="Remove">
                    <ActionForm
                      action={removePriceCatalogue}
                      label="Remove the catalogue"
                      look="danger"
                      fields={{ name }}
                    />
                  </Guarded>
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
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
