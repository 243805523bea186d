import type { Content } from "pdfmake/interfaces";
import type { Statement } from "@/lib/chargeback/types";
import { roundToMinor } from "@/lib/money";
import { addDays, dateOf, dayKey } from "@/lib/time";
import { type Standing, standingOf } from "../statement-lines.ts";
import { dayText, minorAmount, percent } from "./figures.ts";
import { LATIN } from "./fonts.ts";
import { ACCENT, BODY, FAINT, INK, type Pen, SMALL, SOFT, WASH } from "./style.ts";

export const STANDING: Readonly<Record<Standing, string>> = {
  draft: "DRAFT",
  final: "FINAL",
  "credit-note": "CREDIT NOTE",
};
const COLOUR: Readonly<Record<Standing, string>> = { draft: "#8a5200", final: ACCENT, "credit-note": "#a8321a" };

export const documentName = (s: Statement): string =>
  s.kind === "credit-note" ? "Credit note" : "Chargeback statement";
export const numberText = (s: Statement): string => s.number ?? "No number before the close";

/** The status as a tag that is read before anything else. */
export const tag = (statement: Statement, fontSize = BODY): Content => ({
  text: STANDING[standingOf(statement)],
  font: LATIN,
  bold: true,
  fontSize,
  color: COLOUR[standingOf(statement)],
  characterSpacing: 0.6,
  alignment: "right",
});

const label = (text: string): Content => ({
  text: text.toUpperCase(),
  font: LATIN,
  fontSize: 6.5,
  bold: true,
  color: FAINT,
  characterSpacing: 0.5,
});

/** Issuer and document on the left, status and number on the right. */
export function masthead(pen: Pen, statement: Statement): Content {
  return {
    columns: [
      {
        width: "*",
        stack: [
          pen.set.text(statement.header.issuer, { fontSize: 9.5, bold: true, color: SOFT }, "Issuer without a name"),
          { text: documentName(statement), font: LATIN, fontSize: 21, bold: true, margin: [0, 2, 0, 0] },
        ],
      },
      {
        width: 190,
        stack: [
          tag(statement, 12),
          pen.set.text(numberText(statement), { alignment: "right", fontSize: 10, bold: true, margin: [0, 3, 0, 0] }),
        ],
      },
    ],
    columnGap: 16,
  };
}

type Fact = readonly [name: string, value: string];

/** A name in bold and what is to be known of it; facts without a value are left out. */
function facts(pen: Pen, above: string, name: string, rows: readonly Fact[]): Content[] {
  return [
    label(above),
    pen.set.text(name, { bold: true, fontSize: 11, margin: [0, 3, 0, 2] }, "Team without a name"),
    ...rows
      .filter(([, value]) => value !== "")
      .map(
        ([what, value]): Content => ({
          text: [
            { text: `${what}  `, font: LATIN, color: FAINT },
            ...pen.set.runs(value).map((run) => ({ ...run, color: INK })),
          ],
          lineHeight: 1.15,
        }),
      ),
  ];
}

/** Bill-to, period and the amount, side by side. */
export function parties(pen: Pen, statement: Statement): Content {
  const { team, period, billingTimeZone, currency, approver = "" } = statement.header;
  const issued = dayKey(dateOf(statement.closedAt ?? statement.generatedAt, billingTimeZone));
  const days = `${dayText(period.fromDay, true)} – ${dayText(addDays(period.untilDay, -1), true)}`;
  const billTo = facts(pen, "Bill to", team.name, [
    ["Cost centre", team.costCentre],
    ["GL account", team.glAccount],
    ["Owner", team.owner],
    ["Approver", approver],
  ]);
  const when = facts(pen, "Period", days, [
    ["Period", period.id],
    ["Time zone", billingTimeZone],
    [statement.closedAt === null ? "Drawn up" : "Issued", dayText(issued)],
    ["Currency", currency],
  ]);
  return {
    columns: [
      { width: "*", stack: billTo },
      { width: "*", stack: when },
      { width: 168, ...due(statement) },
    ],
    columnGap: 14,
    margin: [0, 18, 0, 0],
  };
}

function due(statement: Statement) {
  const { roundedMicros, currency } = statement.header;
  const words = roundedMicros < 0 ? "Credit" : standingOf(statement) === "draft" ? "Total so far" : "Total";
  const stack: Content[] = [
    label(words),
    {
      text: [
        { text: `${currency} `, fontSize: 10, color: SOFT },
        { text: minorAmount(roundedMicros, currency), fontSize: 17, bold: true },
      ],
      font: LATIN,
      noWrap: true,
      margin: [0, 3, 0, 2],
    },
    { text: change(statement), font: LATIN, fontSize: SMALL, color: SOFT },
  ];
  return {
    table: {
      widths: ["*"],
      body: [[{ stack, fillColor: WASH, margin: [6, 5, 6, 5] as [number, number, number, number] }]],
    },
    layout: "noBorders",
  };
}

/** Against the period before; a share of nothing or of a credit would say nothing. */
function change({ header }: Statement): string {
  const { totalMicros, previousMicros, currency } = header;
  if (previousMicros === null) return "No statement for the period before";
  if (previousMicros <= 0)
    return `Period before: ${currency} ${minorAmount(roundToMinor(previousMicros, currency), currency)}`;
  const difference = totalMicros - previousMicros;
  if (difference === 0) return "As much as in the period before";
  const share = percent((100 * Math.abs(difference)) / previousMicros);
  return `${share} ${difference < 0 ? "less" : "more"} than in the period before`;
}
