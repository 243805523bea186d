import { ActionForm } from "@/components/action-form.tsx";
import { Table, Td, Th } from "@/components/data-table.tsx";
import { TextField } from "@/components/fields.tsx";
import { Section } from "@/components/page-header.tsx";
import { formatNanos } from "@/lib/money.ts";
import type { RecordedRate } from "@/lib/pages/prices.ts";
import { dateOfKey } from "@/lib/time.ts";
import { recordRate } from "./actions.ts";

/** What foreign currencies are worth, from when on. */
export function Rates({ rates, currency, today }: { rates: readonly RecordedRate[]; currency: string; today: string }) {
  return (
    <Section title="Exchange rates" note={`what one unit is worth in ${currency}; a rate holds until a later one`}>
      {rates.length === 0 ? (
        <p className="text-sm text-soft">None is recorded: prices can be in {currency} only.</p>
      ) : (
        <Table label="Exchange rates" dense>
          <thead>
            <tr>
              <Th>Currency</Th>
              <Th>From</Th>
              <Th right>{`Worth in ${currency}`}</Th>
              <Th>Source</Th>
              <Th>Recorded by</Th>
            </tr>
          </thead>
          <tbody>
            {rates.map((r) => (
              <tr key={`${r.currency} ${r.day}`}>
                <Td className="font-medium">{r.currency}</Td>
                <Td>{dateOfKey(r.day)}</Td>
                <Td right className="tabular-nums">
                  {formatNanos(r.rateNanos)}
                </Td>
                <Td>{r.source}</Td>
                <Td>{r.recordedBy}</Td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
      <ActionForm action={recordRate} label="Record the rate" busy="Recording…" look="plain" className="mt-4">
        <TextField label="Currency" name="currency" required placeholder="EUR" />
        <TextField label={`Worth in ${currency}`} name="rate" required placeholder="1.0834" />
        <TextField label="From" name="day" type="date" required value={today} />
        <TextField label="Source of the rate" name="source" required placeholder="ECB reference rate" />
      </ActionForm>
    </Section>
  );
}
