import type { Content, TDocumentDefinitions } from "pdfmake/interfaces";
import type { Statement, StatementWorkload } from "@/lib/chargeback/types";
import { formatInstant } from "@/lib/time";
import { standingOf } from "../statement-lines.ts";
import { closing, overrides, topWorkloads } from "./closing.ts";
import { type Face, facesOf, LATIN } from "./fonts.ts";
import { documentName, masthead, numberText, parties, tag } from "./front.ts";
import { corrections, costs, idle, shares, usage } from "./lines.ts";
import { BODY, FAINT, INK, type Pen, SMALL } from "./style.ts";
import { summary } from "./summary.ts";
import { Typesetter } from "./typeset.ts";

export interface PdfOptions {
  readonly pageSize?: "A4" | "Letter";
  /** The workloads that cost most, largest first: a section of their own. */
  readonly workloads?: readonly StatementWorkload[];
  /** TrueType, OpenType or WOFF files for scripts beyond Latin, Greek and Cyrillic, in the order in which they are tried. */
  readonly fonts?: readonly string[];
}

const PAGE_WIDTH = { A4: 595.28, Letter: 612 };
const SIDE = 44;

/**
 * A statement as a document to sign and keep. Text is text, fonts are embedded, and the same statement makes the same
 * bytes: its date of creation is that of the statement.
 */
export async function statementPdf(statement: Statement, options: PdfOptions = {}): Promise<Buffer> {
  const { pageSize = "A4", workloads = [], fonts = [] } = options;
  const faces = facesOf(fonts);
  const pen: Pen = {
    set: new Typesetter(faces),
    currency: statement.header.currency,
    width: PAGE_WIDTH[pageSize] - 2 * SIDE,
  };
  const content: Content[] = [
    masthead(pen, statement),
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
  return layOut(definition(pen, statement, content, pageSize), faces);
}

/** pdfmake's types leave out its file system in memory. */
interface InMemory {
  readonly virtualfs: { writeFileSync(name: string, content: Buffer): void };
}

async function layOut(document: TDocumentDefinitions, faces: readonly Face[]): Promise<Buffer> {
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

function definition(
  pen: Pen,
  statement: Statement,
  content: Content[],
  pageSize: "A4" | "Letter",
): TDocumentDefinitions {
  const { header, generatedAt } = statement;
  const created = new Date(generatedAt * 1000);
  const name = `${documentName(statement)} ${statement.number ?? "draft"}, ${header.team.name}, ${header.period.id}`;
  return {
    version: "1.7",
    language: "en",
    displayTitle: true,
    pageSize: pageSize === "A4" ? "A4" : "LETTER",
    pageMargins: [SIDE, 50, SIDE, 50],
    info: {
      title: name.toWellFormed(),
      author: header.issuer.toWellFormed(),
      subject: `${header.period.id}, ${header.billingTimeZone}`,
      creator: "GPU Ledger",
      producer: "GPU Ledger",
      creationDate: created,
      modDate: created,
    },
    defaultStyle: { font: LATIN, fontSize: BODY, color: INK },
    header: (page) => (page === 1 ? "" : runningHead(pen, statement)),
    footer: (page, pages) => footer(statement, page, pages),
    // Across the page, in the way of nothing.
    ...(standingOf(statement) === "draft"
      ? { watermark: { text: "DRAFT", color: INK, opacity: 0.06, bold: true } }
      : {}),
    content,
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

function footer({ generatedAt, hash }: Statement, page: number, pages: number): Content {
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
