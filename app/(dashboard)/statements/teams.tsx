import { RowLink, Table, Td, Th } from "@/components/data-table.tsx";
import { formatPercent } from "@/components/format.ts";
import { ExactMoney, Money } from "@/components/money.tsx";
import { STATEMENT_FORMATS } from "@/lib/api/statement-files.ts";
import { sumExactly } from "@/lib/money.ts";
import type { Statement } from "@/lib/statements/types.ts";
import { percentOf } from "@/lib/units.ts";
import { FileLinks, WIDE, WIDEST } from "./period-links.tsx";

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
          {["Usage", "Shared", "Corrections"].map((part) => (
            <Th key={part} right className={WIDE}>
              {part}
            </Th>
          ))}
          <Th right className={WIDEST}>
            Rounding
          </Th>
          <Th right>Total</Th>
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
              <span className="block text-xs text-faint">
                {[number ?? "draft", kind === "credit-note" && "credit note", h.team.costCentre || "no cost centre"]
                  .filter(Boolean)
                  .join(" · ")}
              </span>
            </Td>
            <Td right className={WIDE}>
              <ExactMoney micros={h.usageMicros} currency={h.currency} />
            </Td>
            <Td right className={WIDE}>
              <ExactMoney micros={h.shareMicros + h.costMicros} currency={h.currency} />
            </Td>
            <Td right className={WIDE}>
              <ExactMoney micros={h.correctionMicros} currency={h.currency} />
            </Td>
            <Td right className={WIDEST}>
              <ExactMoney micros={h.roundingMicros} currency={h.currency} />
            </Td>
            <Td right className="font-medium">
              <Money micros={h.roundedMicros} currency={h.currency} />
              {h.previousMicros !== null && (
                <span className="block text-xs font-normal text-faint">
                  <Money change micros={h.totalMicros - h.previousMicros} currency={h.currency} /> from last
                </span>
              )}
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
          {(["usageMicros", "shared", "correctionMicros", "roundingMicros"] as const).map((key) => (
            <Td key={key} right className={key === "roundingMicros" ? WIDEST : WIDE}>
              <ExactMoney
                micros={sumExactly(
                  statements.map(({ header: h }) => (key === "shared" ? h.shareMicros + h.costMicros : h[key])),
                )}
                currency={currency}
              />
            </Td>
          ))}
          <Td right>
            <Money micros={sumExactly(statements.map((s) => s.header.roundedMicros))} currency={currency} />
          </Td>
          <Td right> </Td>
          <Td> </Td>
          <Td> </Td>
        </tr>
      </tfoot>
    </Table>
  );
}
