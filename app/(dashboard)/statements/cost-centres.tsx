import { Table, Td, Th } from "@/components/data-table.tsx";
import { Money } from "@/components/money.tsx";
import { Section } from "@/components/page-header.tsx";
import { Unknown } from "@/components/quantity.tsx";
import { PERIOD_FORMATS } from "@/lib/api/statement-files.ts";
import { sumExactly } from "@/lib/money.ts";
import type { Statement } from "@/lib/statements/types.ts";
import { FileLinks, WIDE } from "./period-links.tsx";

/** What each cost centre pays, with the files of its teams alone. Nothing where all teams would be in one row. */
export function CostCentres({ period, statements }: { period: string; statements: readonly Statement[] }) {
  const centres = [...Map.groupBy(statements, (s) => s.header.team.costCentre)].sort(([a], [b]) => (a < b ? -1 : 1));
  if (centres.length < 2) return null;
  return (
    <Section id="cost-centres" title={`${period}, by cost centre`}>
      <Table label="Statements by cost centre" dense>
        <thead>
          <tr>
            <Th>Cost centre</Th>
            <Th className={WIDE}>Teams</Th>
            <Th right>Total</Th>
            <Th>Files</Th>
          </tr>
        </thead>
        <tbody>
          {centres.map(([centre, of]) => (
            <tr key={centre} className="hover:bg-raised">
              <Td>{centre || <Unknown why="These teams have no cost centre" />}</Td>
              <Td className={`text-soft ${WIDE}`}>{of.map((s) => s.header.team.name).join(", ")}</Td>
              <Td right className="font-medium">
                <Money
                  micros={sumExactly(of.map((s) => s.header.roundedMicros))}
                  currency={of[0]?.header.currency ?? "USD"}
                />
              </Td>
              <Td>
                <FileLinks
                  whose={centre ? `Cost centre ${centre}` : "No cost centre"}
                  formats={PERIOD_FORMATS}
                  to={(format) => `/api/v1/periods/${period}/${format}?${new URLSearchParams({ cost_centre: centre })}`}
                />
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Section>
  );
}
