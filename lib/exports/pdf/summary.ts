import type { Content, TableCell } from "pdfmake/interfaces";
import { roundingDescription } from "@/lib/exports/statement-lines.ts";
import { roundToMinor, sumExactly } from "@/lib/money.ts";
import { paidParts } from "@/lib/statements/class-parts.ts";
import type { Statement } from "@/lib/statements/types.ts";
import { barChart } from "./chart.ts";
import { minorAmount, monthText, percent } from "./figures.ts";
import { LATIN } from "./fonts.ts";
import { digits, FAINT, LINE, money, type Pen, ruled, SMALL, SOFT, title } from "./style.ts";

const GAP = 22;
const CHART_HEIGHT = 92;

/** What the total is made of, exactly, beside the days of the period. */
export function summary(pen: Pen, statement: Statement): Content {
  const { header } = statement;
  const half = (pen.width - GAP) / 2;
  const charts: Content[] = [];
  if (header.days.length)
    charts.push(
      barChart({
        title: "Charges by day",
        points: header.days,
        tick: (label, i) => (i % 5 === 0 ? label.slice(-2).replace(/^0/, "") : ""),
        width: half,
        height: CHART_HEIGHT,
        currency: pen.currency,
      }),
    );
  if (header.months.length)
    charts.push({
      ...(barChart({
        title: "Total by month",
        points: header.months,
        tick: (label) => (/^\d{4}-\d\d$/.test(label) ? monthText(Number(label.slice(5))) : label.slice(-3)),
        width: half,
        height: CHART_HEIGHT,
        currency: pen.currency,
        latest: true,
      }) as object),
      margin: [0, 8, 0, 0],
    } as Content);
  return {
    columns: [
      { width: half, stack: [totals(pen, statement), ...classes(pen, statement)] },
      { width: half, stack: charts },
    ],
    columnGap: GAP,
    margin: [0, 18, 0, 0],
  };
}

function totals(pen: Pen, { header }: Statement): Content {
  const row = (name: string, micros: number): TableCell[] => [{ text: name, font: LATIN }, money(pen, micros)];
  const plain = (name: string, value: string): TableCell[] => [
    { text: name, font: LATIN, color: SOFT },
    digits(value, { color: SOFT }),
  ];
  const rounded = (micros: number) => minorAmount(micros, pen.currency);
  const before = header.previousMicros;
  const budget = header.budgetMicros ?? null;
  const toMinor = (micros: number) => rounded(roundToMinor(micros, pen.currency));
  return {
    table: {
      headerRows: 1,
      widths: ["*", "auto"],
      body: [
        title("Summary", 2, `in ${pen.currency}`),
        row("GPU, CPU and memory", header.usageMicros),
        row("Shared and idle capacity", header.shareMicros),
        row("Imported cost", header.costMicros),
        row("Corrections and settled disputes", header.correctionMicros),
        row("Sum of the lines", header.totalMicros),
        row(roundingDescription(pen.currency), header.roundingMicros),
        [
          { text: "Total", font: LATIN, bold: true, fontSize: 10 },
          digits(rounded(header.roundedMicros), { bold: true, fontSize: 10 }),
        ],
        ...(before === null ? [] : [plain("Period before", toMinor(before))]),
        ...(budget === null ? [] : [plain("Budget", toMinor(budget))]),
        ...(budget === null || budget <= 0
          ? []
          : [plain("Of the budget used", percent((100 * header.totalMicros) / budget))]),
      ],
    },
    layout: ruled(1),
  };
}

/** What the GPU charges bought: one strip, and its parts in words and figures. */
function classes(pen: Pen, { header }: Statement): Content[] {
  const parts = paidParts(header);
  const whole = sumExactly(parts.map((p) => p.micros));
  if (whole === 0) return [];
  const width = (pen.width - GAP) / 2;
  let x = 0;
  const strip = parts.map(({ look, micros }) => {
    const w = (micros / whole) * width;
    const bar = { type: "rect" as const, x, y: 0, w: Math.max(0.2, w - 0.6), h: 7, color: look.colour };
    x += w;
    return bar;
  });
  const key = parts.map(({ look, label, micros }): TableCell[] => [
    { canvas: [{ type: "rect", x: 0, y: 1.5, w: 6, h: 6, color: look.colour }] },
    { text: label, font: LATIN, fontSize: SMALL + 0.5 },
    digits(percent((100 * micros) / whole), { fontSize: SMALL + 0.5, color: SOFT }),
    money(pen, micros, { fontSize: SMALL + 0.5 }),
  ]);
  return [
    {
      text: "What the GPU charges paid for",
      font: LATIN,
      bold: true,
      fontSize: SMALL + 0.5,
      color: SOFT,
      margin: [0, 12, 0, 4],
    },
    { canvas: strip },
    {
      table: { widths: [8, "*", "auto", "auto"], body: key },
      layout: {
        ...ruled(0),
        hLineWidth: (i) => (i === 0 || i === key.length ? 0 : 0.3),
        hLineColor: () => LINE,
        paddingTop: () => 1.6,
        paddingBottom: () => 1.6,
      },
      margin: [0, 4, 0, 0],
      color: FAINT,
    } as Content,
  ];
}
