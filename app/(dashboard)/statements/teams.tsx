import { RowLink, Table, Td, Th } from "@/components/data-table";
import { formatPercent } from "@/components/format";
import { Money } from "@/components/money";
import { Unknown } from "@/components/quantity";
import { STATEMENT_FORMATS } from "@/lib/api/statement-files";
import type { Statement } from "@/lib/chargeback/types";
import { sumExactly } from "@/lib/money";
import { percentOf } from "@/lib/units";
import { FileLinks, WIDE } from "./period-links";

interface TeamsProps {
  readonly statements: readonly Statement[];
  readonly disputed: ReadonlySet<number>;
  readonly accepted: ReadonlySet<number>;
}

/** The statements of a period; totals are what is booked, each rounded once. */
export function Teams({ statements, disputed, accepted }: TeamsProps) {
  const currency = statements[0]?.header.currency ?? "USD";
  return (
    <Table label="Statements by team">
      <thead>
        <tr>
          <Th>Team</Th>
          <Th className={WIDE}>Number</Th>
          <Th className={WIDE}>Cost centre</Th>
          <Th right className={WIDE}>
            Usage
          </Th>
          <Th right className={WIDE}>
            Shared
          </Th>
          <Th right className={WIDE}>
            Corrections
          </Th>
          <Th right>Total</Th>
          <Th right>From last</Th>
          <Th right>Coverage</Th>
          <Th>Team says</Th>
          <Th>Files</Th>
        </tr>
      </thead>
      <tbody>
        {statements.map(({ number, kind, header: h }) => (
          <tr key={h.team.key} className="hover:bg-raised">
            <Td>
              <RowLink to={`/statements/${h.period.id}/${h.team.key}`}>{h.team.name}</RowLink>
            </Td>
            <Td className={`whitespace-nowrap ${WIDE}`}>
              {number ?? <span className="text-faint">draft</span>}
              {kind === "credit-note" && <span className="ml-1 text-xs text-soft">credit note</span>}
            </Td>
            <Td className={WIDE}>{h.team.costCentre || <Unknown why="The team has no cost centre" />}</Td>
            <Td right className={WIDE}>
              <Money micros={h.usageMicros} currency={h.currency} />
            </Td>
            <Td right className={WIDE}>
              <Money micros={h.shareMicros + h.costMicros} currency={h.currency} />
            </Td>
            <Td right className={WIDE}>
              <Money micros={h.correctionMicros} currency={h.currency} />
            </Td>
            <Td right className="font-medium">
              <Money micros={h.roundedMicros} currency={h.currency} />
            </Td>
            <Td right>
              <Money
                change
                micros={h.previousMicros === null ? null : h.totalMicros - h.previousMicros}
                currency={h.currency}
                why="There is no whole period to compare with"
              />
            </Td>
            <Td right>{formatPercent(percentOf(h.observedMilli, h.expectedMilli))}</Td>
            <Td>{disputed.has(h.team.key) ? "disputed" : accepted.has(h.team.key) ? "accepted" : "–"}</Td>
            <Td>
              <FileLinks
                whose={h.team.name}
                formats={STATEMENT_FORMATS}
                to={(format) => `/api/v1/statements/${h.period.id}/${h.team.key}/${format}`}
              />
            </Td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr className="font-medium">
          <Td>All teams</Td>
          <Td className={WIDE}> </Td>
          <Td className={WIDE}> </Td>
          {(["usageMicros", "shared", "correctionMicros", "roundedMicros"] as const).map((key) => (
            <Td key={key} right className={key === "roundedMicros" ? "" : WIDE}>
              <Money
                micros={sumExactly(
                  statements.map(({ header: h }) => (key === "shared" ? h.shareMicros + h.costMicros : h[key])),
                )}
                currency={currency}
              />
            </Td>
          ))}
          <Td right> </Td>
          <Td right> </Td>
          <Td> </Td>
          <Td> </Td>
        </tr>
      </tfoot>
    </Table>
  );
}
