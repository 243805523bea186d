import type { Content, ContentText, CustomTableLayout, TableCell } from "pdfmake/interfaces";
import { minorDigits } from "@/lib/money.ts";
import { figureOf } from "./figures.ts";
import { LATIN } from "./fonts.ts";
import type { Look, Typesetter } from "./typeset.ts";

export const INK = "#14181c";
export const SOFT = "#414a53";
export const FAINT = "#7a848e";
export const LINE = "#d5dade";
export const ACCENT = "#0b6b5d";
export const ACCENT_SOFT = "#a3d6cc";
export const WASH = "#f3f6f6";

export const BODY = 8.5;
export const SMALL = 7;
export const RIGHT: Look = { alignment: "right", noWrap: true };

/** What every part of the document is made with. */
export interface Pen {
  readonly set: Typesetter;
  readonly currency: string;
  /** Points between the margins. */
  readonly width: number;
}

/** Figures stand in columns: every digit is as wide as another. What letters need is left out, for it takes time. */
const TABULAR = {
  tnum: true,
  ...{ calt: false, ccmp: false, kern: false, mark: false, mkmk: false },
} as unknown as ContentText["fontFeatures"];

/** An exact amount of the statement's currency, right-aligned: its digits below the minor unit are small and faint. */
export function money(pen: Pen, micros: number | null, look: Look = {}): ContentText {
  return micros === null
    ? pen.set.text("not known", { ...RIGHT, color: FAINT, ...look })
    : exact(figureOf(micros, Math.min(6, minorDigits(pen.currency))), look);
}

/** Millionths of a unit, read to two decimals, exact to six. */
export const quantity = (micros: number, look: Look = {}): ContentText => exact(figureOf(micros, 2), look);

function exact({ main, rest }: { main: string; rest: string }, look: Look): ContentText {
  const shared = { font: LATIN, fontFeatures: TABULAR, noWrap: true };
  return {
    text: [
      { text: main, ...shared },
      ...(rest ? [{ text: rest, ...shared, color: FAINT, fontSize: SMALL - 0.5, bold: false }] : []),
    ],
    ...RIGHT,
    ...look,
  };
}

/** A figure of its own, in columns with others. */
export const digits = (text: string, look: Look = {}): ContentText => ({
  text,
  font: LATIN,
  fontFeatures: TABULAR,
  ...RIGHT,
  ...look,
});

/** The head of a column. */
export const head = (label: string, right = false): ContentText => ({
  text: label,
  font: LATIN,
  fontSize: SMALL,
  color: SOFT,
  alignment: right ? "right" : "left",
  ...(right ? { noWrap: true } : {}),
});

/** The title of a section, across `columns`: the first head row of its table, so that it is said again on every page. */
export function title(label: string, columns: number, note = ""): TableCell[] {
  const text: Content[] = [{ text: label, bold: true, fontSize: 11, color: INK }];
  if (note) text.push({ text: `   ${note}`, fontSize: SMALL, color: FAINT });
  return [
    { text, font: LATIN, colSpan: columns, margin: [0, 0, 0, 2] } as TableCell,
    ...Array.from({ length: columns - 1 }, (): TableCell => ({ text: "" })),
  ];
}

/** Hairlines between rows, a stronger one under the head, none at the sides. */
export function ruled(headRows: number): CustomTableLayout {
  return {
    hLineWidth: (i, node) => (i < headRows ? 0 : i === headRows ? 0.8 : i === node.table.body.length ? 0.8 : 0.4),
    vLineWidth: () => 0,
    hLineColor: (i, node) => (i === headRows || i === node.table.body.length ? SOFT : LINE),
    paddingLeft: (i) => (i === 0 ? 0 : 5),
    paddingRight: (i, node) => (i === (node.table.widths?.length ?? 0) - 1 ? 0 : 5),
    paddingTop: () => 2.6,
    paddingBottom: () => 2.6,
  };
}

interface Table {
  readonly title: string;
  readonly note?: string;
  readonly widths: readonly (number | "*")[];
  readonly heads: readonly TableCell[];
  readonly rows: readonly TableCell[][];
}

/** A section as a table: its title and heads are said again on each page, a row is never cut. */
export function section({ title: label, note = "", widths, heads, rows }: Table): Content {
  return {
    table: {
      headerRows: 2,
      keepWithHeaderRows: 1,
      dontBreakRows: true,
      widths: [...widths],
      body: [title(label, widths.length, note), [...heads], ...rows],
    },
    layout: ruled(2),
    margin: [0, 16, 0, 0],
  };
}

/** The last row of a section: its sum. `empty` columns lie between the words and the amount. */
export const sumRow = (label: string, empty: number, amount: TableCell): TableCell[] => [
  { text: label, bold: true, font: LATIN },
  ...Array.from({ length: empty }, (): TableCell => ({ text: "" })),
  amount,
];

/** A line of words below a figure or a name. */
export const below = (pen: Pen, text: string): Content => pen.set.text(text, { fontSize: SMALL, color: FAINT });
