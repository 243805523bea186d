import type { Content, ContentSection, TableCell, TDocumentDefinitions } from "pdfmake/interfaces";
import { standingOf } from "@/lib/exports/statement-lines.ts";
import { sumExactly } from "@/lib/money.ts";
import type { Statement, StatementWorkload } from "@/lib/statements/types.ts";
import { documentOf, footer, layOut, type PageOptions, penOf, statementContent, statementFrame } from "./document.ts";
import { minorAmount } from "./figures.ts";
import { type Face, facesOf, LATIN } from "./fonts.ts";
import { type Mark, periodMasthead, periodParties } from "./front.ts";
import { below, digits, head, money, type Pen, SOFT, section } from "./style.ts";

/** A statement and the workloads that cost most in it, largest first. */
export interface PdfPart {
  readonly statement: Statement;
  readonly workloads: readonly StatementWorkload[];
}

/** The place where a statement begins. */
const placeOf = ({ header }: Statement): string => `team-${header.team.key}`;

function markOf(statement: Statement): Mark {
  const name = statement.header.team.name.toWellFormed();
  return { id: placeOf(statement), outline: true, outlineText: [name, statement.number].filter(Boolean).join(", ") };
}

type Header = Statement["header"];

/** Every statement with its parts, its rounding and its page; the amounts of a row add up to its total. */
function contents(pen: Pen, statements: readonly Statement[]): Content {
  const amounts: readonly ((header: Header) => number)[] = [
    (h) => h.usageMicros,
    (h) => h.shareMicros + h.costMicros,
    (h) => h.correctionMicros,
    (h) => h.roundingMicros,
  ];
  const total = (micros: number) => digits(minorAmount(micros, pen.currency), { bold: true });
  const rows = statements.map((statement): TableCell[] => {
    const { header, number } = statement;
    const place = placeOf(statement);
    const facts = [number ?? "draft", header.team.costCentre].filter(Boolean);
    return [
      {
        stack: [
          pen.set.text(header.team.name, { linkToDestination: place }, "Team without a name"),
          ...facts.map((fact) => below(pen, fact)),
        ],
      },
      ...amounts.map((pick) => money(pen, pick(header))),
      total(header.roundedMicros),
      { pageReference: place, font: LATIN, alignment: "right", color: SOFT } as TableCell,
    ];
  });
  const sums = amounts.map((pick) => money(pen, sumExactly(statements.map((s) => pick(s.header))), { bold: true }));
  return section({
    title: "Statements",
    note: "each is rounded once; the amounts of a row add up to its total",
    widths: ["*", 74, 74, 62, 46, 72, 30],
    heads: [
      head("Team"),
      head("Usage", true),
      head("Shared, imported", true),
      head("Corrections", true),
      head("Rounding", true),
      head(`Total, ${pen.currency}`, true),
      head("Page", true),
    ],
    rows: [
      ...rows,
      [
        { text: "All of them", bold: true, font: LATIN },
        ...sums,
        total(sumExactly(statements.map((s) => s.header.roundedMicros))),
        { text: "" },
      ],
    ],
  });
}

/** Everything that the document of a period says and how, before it is laid out on pages. */
export function periodDocument(
  parts: readonly PdfPart[],
  whose: string,
  { pageSize = "A4", fonts = [] }: PageOptions = {},
): { readonly document: TDocumentDefinitions; readonly faces: readonly Face[] } {
  const statements = parts.map((part) => part.statement);
  const [first, ...others] = statements;
  if (!first) throw new RangeError("a document of no statement");
  const faces = facesOf(fonts);
  const pen = penOf(first.header.currency, faces, pageSize);
  const front: ContentSection = {
    section: [
      periodMasthead(pen, first, first.header.period.id),
      periodParties(pen, [first, ...others], whose),
      contents(pen, statements),
    ],
    // The seal of one statement is not that of all.
    footer: (page, pages) => footer({ generatedAt: first.generatedAt, hash: null }, page, pages),
    watermark: statementFrame(pen, first).watermark,
  };
  const sections = parts.map(({ statement, workloads }): ContentSection => {
    const own = penOf(statement.header.currency, faces, pageSize);
    const content = statementContent(own, statement, workloads, markOf(statement));
    return { section: content, ...statementFrame(own, statement) };
  });
  const name = `Chargeback statements ${first.header.period.id}, ${whose}${standingOf(first) === "draft" ? ", draft" : ""}`;
  return { document: { ...documentOf(name, first, pageSize), content: [front, ...sections] }, faces };
}

/**
 * The statements of a period in one document, each as it is by itself and from a page of its own, behind a list of them.
 * Pages are counted through; each statement is in the outline. `whose` says in words who they are of.
 */
export async function periodPdf(parts: readonly PdfPart[], whose: string, options: PageOptions = {}): Promise<Buffer> {
  const { document, faces } = periodDocument(parts, whose, options);
  return layOut(document, faces);
}
