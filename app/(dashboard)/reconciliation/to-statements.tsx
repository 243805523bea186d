import { RowLink, Table, Td } from "@/components/data-table.tsx";
import { ExactMoney } from "@/components/money.tsx";
import { Section } from "@/components/page-header.tsx";
import type { Ctx } from "@/lib/ctx.ts";
import { type Micros, sumExactly } from "@/lib/money.ts";
import type { PeriodView } from "@/lib/periods/period.ts";
import type { CloseSettings } from "@/lib/periods/settings.ts";
import { loadStatements } from "@/lib/statements/load.ts";

interface Props {
  readonly ctx: Ctx;
  readonly settings: CloseSettings;
  readonly view: PeriodView;
  /** What GPU time is charged in the period, to teams and platform. */
  readonly chargedMicros: Micros;
}

/** How what is charged for GPU time leads to what the statements of the period come to. */
export async function ToStatements({ ctx, settings, view, chargedMicros }: Props) {
  const { statements } = await loadStatements(ctx, settings, view.period.id);
  if (statements.length === 0) return null;
  const sum = (pick: (header: (typeof statements)[number]["header"]) => Micros) =>
    sumExactly(statements.map((s) => pick(s.header)));
  const currency = statements[0]?.header.currency ?? settings.currency;
  const others = sumExactly(
    statements.flatMap((s) => s.lines.flatMap((l) => (l.kind === "usage" && l.sku !== "gpu" ? [l.amountMicros] : []))),
  );
  // Shares sum to 0 but for imported cost of nobody, which policies share out.
  const shared = sum((h) => h.usageMicros + h.shareMicros) - chargedMicros - others;
  const rows: readonly (readonly [label: string, micros: Micros])[] = [
    ["GPU time, as above", chargedMicros],
    ["CPU and memory", others],
    ["Imported cost, of teams and shared out", sum((h) => h.costMicros) + shared],
    ["Corrections and settled disputes", sum((h) => h.correctionMicros)],
    ["Rounding, once for each statement", sum((h) => h.roundingMicros)],
  ];
  return (
    <Section title="From charges to statements">
      <Table label="From charges to statements" dense>
        <tbody>
          {rows.map(([label, micros]) => (
            <tr key={label}>
              <Td>{label}</Td>
              <Td right>
                <ExactMoney micros={micros} currency={currency} />
              </Td>
            </tr>
          ))}
          <tr className="font-medium">
            <Td>
              <RowLink to={`/statements?of=${view.period.id}`}>{`Statements of ${view.period.id}`}</RowLink>
            </Td>
            <Td right>
              <ExactMoney micros={sum((h) => h.roundedMicros)} currency={currency} />
            </Td>
          </tr>
        </tbody>
      </Table>
    </Section>
  );
}
