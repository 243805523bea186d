import type { TDocumentDefinitions } from "pdfmake/interfaces";
import type { Statement, StatementWorkload } from "@/lib/statements/types.ts";
import { documentOf, layOut, type PageOptions, penOf, statementContent, statementFrame } from "./document.ts";
import { type Face, facesOf } from "./fonts.ts";
import { documentName } from "./front.ts";

export interface PdfOptions extends PageOptions {
  /** The workloads that cost most, largest first: a section of their own. */
  readonly workloads?: readonly StatementWorkload[];
}

/** Everything that a statement's document says and how, before it is laid out on pages. */
export function statementDocument(
  statement: Statement,
  options: PdfOptions = {},
): { readonly document: TDocumentDefinitions; readonly faces: readonly Face[] } {
  const { pageSize = "A4", workloads = [], fonts = [] } = options;
  const { header, number } = statement;
  const faces = facesOf(fonts);
  const pen = penOf(header.currency, faces, pageSize);
  const name = `${documentName(statement)} ${number ?? "draft"}, ${header.team.name}, ${header.period.id}`;
  const { header: top, footer, watermark } = statementFrame(pen, statement);
  const document = {
    ...documentOf(name, statement, pageSize),
    ...{ header: top, footer },
    ...(watermark ? { watermark } : {}),
    content: statementContent(pen, statement, workloads),
  };
  return { document, faces };
}

/**
 * A statement as a document to sign and keep. Text is text, fonts are embedded, and the same statement makes the same
 * bytes.
 */
export async function statementPdf(statement: Statement, options: PdfOptions = {}): Promise<Buffer> {
  const { document, faces } = statementDocument(statement, options);
  return layOut(document, faces);
}
