import { href } from "@/components/href.ts";
import { exactly } from "@/components/money.tsx";
import { Section } from "@/components/page-header.tsx";
import { moneyIn, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { changeMicros, type ExactMicros, type Micros, sumMicros } from "@/lib/money.ts";
import type { PeriodView } from "@/lib/periods/period.ts";
import type { CloseSettings } from "@/lib/periods/settings.ts";
import { loadStatements } from "@/lib/statements/load.ts";

interface Props {
  readonly ctx: Ctx;
  readonly settings: CloseSettings;
  readonly view: PeriodView;
  /** What GPU time is charged in the period, to teams and platform. */
  readonly chargedMicros: ExactMicros;
}

interface Step {
  readonly label: string;
  readonly micros: ExactMicros;
  /** Of the sum: where it is. */
  readonly to?: string;
}

const columnsOf = (currency: string): readonly TableColumn<Step>[] => [
  text("step", "Step", (r) => r.label, { link: (r) => r.to }),
  moneyIn(currency)("amount", "Amount", (r) => r.micros, exactly(currency)),
];

/** How what is charged for GPU time leads to what the statements of the period come to. */
export async function ToStatements({ ctx, settings, view, chargedMicros }: Props) {
  const { statements } = await loadStatements(ctx, settings, view.period.id);
  if (statements.length === 0) return null;
  const sum = (pick: (header: (typeof statements)[number]["header"]) => Micros) =>
    sumMicros(statements.map((s) => pick(s.header)));
  const currency = statements[0]?.header.currency ?? settings.currency;
  const others = sumMicros(
    statements.flatMap((s) => s.lines.flatMap((l) => (l.kind === "usage" && l.sku !== "gpu" ? [l.amountMicros] : []))),
  );
  // Shares sum to 0 but for imported cost of nobody, which policies share out.
  const shared = changeMicros(
    sumMicros([sum((h) => h.usageMicros), sum((h) => h.shareMicros)]),
    sumMicros([chargedMicros, others]),
  );
  const { id } = view.period;
  const rows: readonly Step[] = [
    { label: "GPU time, as above", micros: chargedMicros },
    { label: "CPU and memory", micros: others },
    { label: "Imported cost, of teams and shared out", micros: sumMicros([sum((h) => h.costMicros), shared]) },
    { label: "Corrections and settled disputes", micros: sum((h) => h.correctionMicros) },
    { label: "Rounding, once for each statement", micros: sum((h) => h.roundingMicros) },
    { label: `Statements of ${id}`, micros: sum((h) => h.roundedMicros), to: href("/statements", { of: id }) },
  ];
  return (
    <Section title="From charges to statements">
      <DataTable
        view={plainView("From charges to statements", columnsOf(currency))}
        rows={rows}
        markOf={(r) => (r.to ? "sum" : undefined)}
      />
    </Section>
  );
}
