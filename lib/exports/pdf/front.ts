import type { Content } from "pdfmake/interfaces";
import { STANDING, type Standing, standingOf } from "@/lib/exports/statement-lines.ts";
import { counted } from "@/lib/format.ts";
import { roundToMinor, sumExactly } from "@/lib/money.ts";
import type { Statement } from "@/lib/statements/types.ts";
import { addDays, dateOf, dayKey } from "@/lib/time.ts";
import { dayText, minorAmount, percent } from "./figures.ts";
import { LATIN } from "./fonts.ts";
import { ACCENT, BODY, FAINT, INK, type Pen, SMALL, SOFT, WASH } from "./style.ts";

const COLOUR: Readonly<Record<Standing, string>> = { draft: "#8a5200", final: ACCENT, "credit-note": "#a8321a" };

export const documentName = (s: Statement): string =>
  s.kind === "credit-note" ? "Credit note" : "Chargeback statement";
export const numberText = (s: Statement): string => s.number ?? "No number before the close";

/** The status as a tag that is read before anything else. */
export const tag = (statement: Statement, fontSize = BODY): Content => status(standingOf(statement), fontSize);

const status = (standing: Standing, fontSize: number): Content => ({
  text: STANDING[standing],
  font: LATIN,
  bold: true,
  fontSize,
  color: COLOUR[standing],
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

interface Head {
  readonly issuer: string;
  readonly name: string;
  readonly tag: Content;
  readonly number: string;
}

/** Issuer and document on the left, status and number on the right. */
const headOf = (pen: Pen, { issuer, name, tag: status, number }: Head, mark: Mark): Content => ({
  columns: [
    {
      width: "*",
      stack: [
        pen.set.text(issuer, { fontSize: 9.5, bold: true, color: SOFT }, "Issuer without a name"),
        { text: name, font: LATIN, fontSize: 21, bold: true, margin: [0, 2, 0, 0], ...mark },
      ],
    },
    {
      width: 190,
      stack: [status, pen.set.text(number, { alignment: "right", fontSize: 10, bold: true, margin: [0, 3, 0, 0] })],
    },
  ],
  columnGap: 16,
});

/** What makes the name of a document a place that a list of contents and an outline can name. */
export interface Mark {
  readonly id?: string;
  readonly outline?: boolean;
  readonly outlineText?: string;
}

/** Issuer, name, status and number of a statement. */
export const masthead = (pen: Pen, statement: Statement, mark: Mark = {}): Content =>
  headOf(
    pen,
    {
      issuer: statement.header.issuer,
      name: documentName(statement),
      tag: tag(statement, 12),
      number: numberText(statement),
    },
    mark,
  );

/** The same of the statements of a period. */
export const periodMasthead = (pen: Pen, first: Statement, whose: string): Content =>
  headOf(
    pen,
    {
      issuer: first.header.issuer,
      name: "Chargeback statements",
      tag: status(standingOf(first) === "draft" ? "draft" : "final", 12),
      number: whose,
    },
    {},
  );

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

/** When, in the words of a statement's front. */
function whenFacts(pen: Pen, { header, closedAt, generatedAt }: Statement): Content[] {
  const { period, billingTimeZone, currency } = header;
  const issued = dayKey(dateOf(closedAt ?? generatedAt, billingTimeZone));
  const days = `${dayText(period.fromDay, true)} – ${dayText(addDays(period.untilDay, -1), true)}`;
  return facts(pen, "Period", days, [
    ["Period", period.id],
    ["Time zone", billingTimeZone],
    [closedAt === null ? "Drawn up" : "Issued", dayText(issued)],
    ["Currency", currency],
  ]);
}

const beside = (left: Content[], middle: Content[], amount: ReturnType<typeof due>): Content => ({
  columns: [
    { width: "*", stack: left },
    { width: "*", stack: middle },
    { width: 168, ...amount },
  ],
  columnGap: 14,
  margin: [0, 18, 0, 0],
});

/** Bill-to, period and the amount, side by side. */
export function parties(pen: Pen, statement: Statement): Content {
  const { team, approver = "", roundedMicros, currency } = statement.header;
  const billTo = facts(pen, "Bill to", team.name, [
    ["Cost centre", team.costCentre],
    ["GL account", team.glAccount],
    ["Owner", team.owner],
    ["Approver", approver],
  ]);
  const words = roundedMicros < 0 ? "Credit" : totalWords(statement);
  return beside(billTo, whenFacts(pen, statement), due(words, roundedMicros, currency, change(statement)));
}

const totalWords = (statement: Statement) => (standingOf(statement) === "draft" ? "Total so far" : "Total");

/** The same of several statements: whom they bill, and what they come to together. */
export function periodParties(pen: Pen, statements: readonly [Statement, ...Statement[]], whose: string): Content {
  const [first] = statements;
  const credits = statements.filter((s) => s.kind === "credit-note").length;
  const billTo = facts(pen, "Bill to", whose, [
    ["Statements", `${statements.length - credits}`],
    ["Credit notes", credits ? `${credits}` : ""],
    ["Cost centres", `${new Set(statements.map((s) => s.header.team.costCentre).filter(Boolean)).size || ""}`],
  ]);
  const total = sumExactly(statements.map((s) => s.header.roundedMicros));
  const note = `of ${counted(statements.length, "document")} behind this page`;
  return beside(billTo, whenFacts(pen, first), due(totalWords(first), total, first.header.currency, note));
}

function due(words: string, micros: number, currency: string, note: string) {
  const stack: Content[] = [
    label(words),
    {
      text: [
        { text: `${currency} `, fontSize: 10, color: SOFT },
        { text: minorAmount(micros, currency), fontSize: 17, bold: true },
      ],
      font: LATIN,
      noWrap: true,
      margin: [0, 3, 0, 2],
    },
    { text: note, font: LATIN, fontSize: SMALL, color: SOFT },
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
  if (previousMicros === null) return "No whole period to compare with";
  if (previousMicros <= 0)
    return `Period before: ${currency} ${minorAmount(roundToMinor(previousMicros, currency), currency)}`;
  const difference = totalMicros - previousMicros;
  if (difference === 0) return "As much as in the period before";
  const share = percent((100 * Math.abs(difference)) / previousMicros);
  return `${share} ${difference < 0 ? "less" : "more"} than in the period before`;
}
