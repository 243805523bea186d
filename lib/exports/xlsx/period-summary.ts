import { priced, STANDING, standingOf } from "@/lib/exports/statement-lines.ts";
import { sumExactly } from "@/lib/money.ts";
import { moneyFormat, SHEET_FORMATS } from "@/lib/reports/unit.ts";
import type { Statement } from "@/lib/statements/types.ts";
import { figure, fromMicros, heading, moment, type SheetRow, text } from "./cell.ts";
import type { SheetColumn } from "./sheet.ts";
import { coverageCell } from "./tables.ts";

/** Of the summary of several statements. */
export const periodSummaryColumns: readonly SheetColumn[] = [
  { name: "Team", width: 26 },
  { name: "Statement", width: 20 },
  { name: "Status", width: 14 },
  { name: "Cost centre", width: 16 },
  { name: "GL account", width: 14 },
  { name: "Owner", width: 26 },
  { name: "Usage", width: 22, right: true },
  { name: "Shared and idle capacity", width: 24, right: true },
  { name: "Imported cost", width: 20, right: true },
  { name: "Corrections", width: 20, right: true },
  { name: "Sum of the lines", width: 22, right: true },
  { name: "Rounding", width: 18, right: true },
  { name: "Total", width: 20, right: true },
  { name: "Period before", width: 20, right: true },
  { name: "Idle GPU-hours", width: 18, right: true },
  { name: "Idle amount", width: 20, right: true },
  { name: "Coverage", width: 12, right: true },
];

const BOLD = { fontWeight: "bold" } as const;

/** The figures of one statement, or of several together; what came before is known only if it is for each. */
function figures(statements: readonly Statement[], style: { fontWeight?: "bold" } = {}): SheetRow {
  const headers = statements.map((s) => s.header);
  const currency = headers[0]?.currency ?? "";
  const exact = moneyFormat(currency, true);
  const whole = moneyFormat(currency, false);
  type Header = Statement["header"];
  const sum = (pick: (header: Header) => number) => sumExactly(headers.map(pick));
  const money = (pick: (header: Header) => number, format = exact) => figure(fromMicros(sum(pick)), format, style);
  const before = headers.every((h) => h.previousMicros !== null) ? money((h) => h.previousMicros ?? 0) : null;
  const coverage = coverageCell({
    observedMilli: sum((h) => h.observedMilli),
    expectedMilli: sum((h) => h.expectedMilli),
  });
  return [
    money((h) => h.usageMicros),
    money((h) => h.shareMicros),
    money((h) => h.costMicros),
    money((h) => h.correctionMicros),
    money((h) => h.totalMicros),
    money((h) => h.roundingMicros),
    money((h) => h.roundedMicros, whole),
    before,
    figure(
      fromMicros(
        priced(
          sum((h) => h.idleQuantity),
          "gpu",
        ),
      ),
      SHEET_FORMATS.quantity,
      style,
    ),
    money((h) => h.idleMicros),
    coverage ? { ...coverage, ...style } : null,
  ];
}

const teamRow = (statement: Statement): SheetRow => [
  text(statement.header.team.name),
  text(statement.number),
  text(STANDING[standingOf(statement)]),
  text(statement.header.team.costCentre),
  text(statement.header.team.glAccount),
  text(statement.header.team.owner),
  ...figures([statement]),
];

/** All statements of each cost centre together, where there is more than one. */
function costCentres(statements: readonly Statement[]): SheetRow[] {
  const byCentre = Map.groupBy(statements, (s) => s.header.team.costCentre);
  if (byCentre.size < 2) return [];
  return [
    [],
    [heading("By cost centre")],
    ...[...byCentre].map(
      ([centre, of]): SheetRow => [
        text(`${of.length} ${of.length === 1 ? "team" : "teams"}`),
        null,
        null,
        text(centre || "none"),
        null,
        null,
        ...figures(of),
      ],
    ),
  ];
}

/** Below its header: a row for each statement, their sum, the cost centres, and what the statements are of. */
export function periodSummaryRows(statements: readonly Statement[]): SheetRow[] {
  const first = statements[0];
  if (!first) return [];
  const { header, generatedAt, closedAt } = first;
  const fact = (name: string, cell: SheetRow[number]): SheetRow => [text(name), cell];
  return [
    ...statements.map(teamRow),
    [text("All of them", BOLD), null, null, null, null, null, ...figures(statements, BOLD)],
    ...costCentres(statements),
    [],
    [heading("Of the period")],
    fact("Issuer", text(header.issuer)),
    fact("Period", text(header.period.id)),
    fact("Billing time zone", text(header.billingTimeZone)),
    fact("Currency", text(header.currency)),
    fact("Generated (UTC)", moment(generatedAt)),
    fact("Closed (UTC)", moment(closedAt)),
  ];
}
