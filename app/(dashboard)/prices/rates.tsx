import { Table, Td, Th } from "@/components/data-table";
import { Section } from "@/components/page-header";
import { formatNanos } from "@/lib/money";
import type { RecordedRate } from "@/lib/reports/pages/prices";
import { dateOfKey } from "@/lib/time";
import { RateForm } from "./rate-form";

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
      <RateForm currency={currency} today={today} />
    </Section>
  );
}
