import type { Content, TDocumentDefinitions } from "pdfmake/interfaces";
import { standingOf } from "@/lib/exports/statement-lines.ts";
import type { Statement, StatementWorkload } from "@/lib/statements/types.ts";
import { formatInstant } from "@/lib/time.ts";
import { closing, overrides, topWorkloads } from "./closing.ts";
import { type Face, LATIN } from "./fonts.ts";
import { documentName, type Mark, masthead, numberText, parties, tag } from "./front.ts";
import { corrections, costs, idle, shares, usage } from "./lines.ts";
import { BODY, FAINT, INK, type Pen, SMALL } from "./style.ts";
import { summary } from "./summary.ts";
import { Typesetter } from "./typeset.ts";

export interface PageOptions {
  readonly pageSize?: "A4" | "Letter";
  /** TrueType, OpenType or WOFF files for scripts beyond Latin, Greek and Cyrillic, in the order in which they are tried. */
  readonly fonts?: readonly string[];
}

const PAGE_WIDTH = { A4: 595.28, Letter: 612 };
export const SIDE = 44;

/** A typesetter of its own: whether a character lacked a font is of one statement. */
export const penOf = (currency: string, faces: readonly Face[], pageSize: "A4" | "Letter"): Pen => ({
  set: new Typesetter(faces),
  currency,
  width: PAGE_WIDTH[pageSize] - 2 * SIDE,
});

/** Everything that a statement says, from its name to its seal. `workloads`: those that cost most, largest first. */
export const statementContent = (
  pen: Pen,
  statement: Statement,
  workloads: readonly StatementWorkload[],
  mark: Mark = {},
): Content[] => [
  masthead(pen, statement, mark),
  parties(pen, statement),
  summary(pen, statement),
  ...usage(pen, statement),
  ...idle(pen, statement),
  ...shares(pen, statement),
  ...costs(pen, statement),
  ...corrections(pen, statement),
  ...overrides(pen, statement),
  ...topWorkloads(pen, workloads),
  ...closing(pen, statement),
];

/** What is around the content of each page of a statement: on its first, its title names the team already. */
export function statementFrame(pen: Pen, statement: Statement) {
  let first: number | undefined;
  return {
    header: (page: number): Content => {
      first ??= page;
      return page === first ? "" : runningHead(pen, statement);
    },
    footer: (page: number, pages: number): Content => footer(statement, page, pages),
    // Across the page, in the way of nothing.
    watermark:
      standingOf(statement) === "draft" ? { text: "DRAFT", color: INK, opacity: 0.06, bold: true as const } : null,
  };
}

function runningHead(pen: Pen, statement: Statement): Content {
  const { issuer, team, period } = statement.header;
  const words = [issuer, documentName(statement), numberText(statement), team.name, period.id].filter(Boolean);
  return {
    columns: [
      { width: "*", ...pen.set.text(words.join("  ·  "), { color: FAINT }) },
      { width: 80, ...(tag(statement, SMALL) as object) },
    ],
    fontSize: SMALL,
    margin: [SIDE, 26, SIDE, 0],
  } as Content;
}

/** When it was made, the beginning of its seal where it has one, and page x of y. */
export function footer(
  { generatedAt, hash }: Pick<Statement, "generatedAt" | "hash">,
  page: number,
  pages: number,
): Content {
  const made = `Generated ${formatInstant(generatedAt)}${hash ? `  ·  SHA-256 ${hash.slice(0, 16)}…` : ""}`;
  return {
    columns: [
      { width: "*", text: made, color: FAINT },
      { width: 80, text: `Page ${page} of ${pages}`, alignment: "right", color: FAINT },
    ],
    font: LATIN,
    fontSize: SMALL,
    margin: [SIDE, 18, SIDE, 0],
  } as Content;
}

/** What is true of a document as a whole: its date of creation is that of the statement, so that its bytes are, too. */
export function documentOf(
  title: string,
  { header, generatedAt }: Statement,
  pageSize: "A4" | "Letter",
): Omit<TDocumentDefinitions, "content"> {
  const created = new Date(generatedAt * 1000);
  return {
    version: "1.7",
    language: "en",
    displayTitle: true,
    pageSize: pageSize === "A4" ? "A4" : "LETTER",
    pageMargins: [SIDE, 50, SIDE, 50],
    info: {
      title: title.toWellFormed(),
      author: header.issuer.toWellFormed(),
      subject: `${header.period.id}, ${header.billingTimeZone}`,
      creator: "GPU Ledger",
      producer: "GPU Ledger",
      creationDate: created,
      modDate: created,
    },
    defaultStyle: { font: LATIN, fontSize: BODY, color: INK },
  };
}

/** pdfmake's types leave out its file system in memory. */
interface InMemory {
  readonly virtualfs: { writeFileSync(name: string, content: Buffer): void };
}

/** The bytes of a document. @param faces all families that its texts name. */
export async function layOut(document: TDocumentDefinitions, faces: readonly Face[]): Promise<Buffer> {
  // Loaded with the first document: a command or page that makes none does not wait for it.
  const { default: pdfmake } = await import("pdfmake");
  const { virtualfs } = pdfmake as unknown as InMemory;
  const families = faces.map(({ name, regular, bold }) => {
    virtualfs.writeFileSync(`${name} 400`, regular);
    virtualfs.writeFileSync(`${name} 600`, bold);
    return [name, { normal: `${name} 400`, bold: `${name} 600` }];
  });
  // pdfmake keeps its settings in its module: they are read at once by the document that is made next.
  pdfmake.setFonts(Object.fromEntries(families));
  pdfmake.setUrlAccessPolicy(() => false);
  pdfmake.setLocalAccessPolicy(() => false);
  return pdfmake.createPdf(document).getBuffer();
}
