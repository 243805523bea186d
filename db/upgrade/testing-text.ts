import { createHash } from "node:crypto";
import readXlsxFile from "read-excel-file/node";
import { extractText, getDocumentProxy } from "unpdf";

/**
 * What a file says, as text that can be compared line by line: a workbook as the cells of each sheet with tabs between
 * them (dates as ISO 8601, numbers as JSON has them), a document as the text of its pages, all else as it is. Times of
 * creation and the packing itself are not part of it.
 */
export async function textOf(name: string, bytes: Buffer): Promise<string> {
  if (name.endsWith(".xlsx")) return workbookText(bytes);
  if (name.endsWith(".pdf")) return documentText(bytes);
  return bytes.toString("utf8");
}

async function workbookText(bytes: Buffer): Promise<string> {
  const sheets = await readXlsxFile(bytes);
  const cell = (value: unknown) => (value instanceof Date ? value.toISOString() : value === null ? "" : String(value));
  return sheets
    .map(({ sheet, data }) => `# ${sheet}\n${data.map((row) => row.map(cell).join("\t")).join("\n")}\n`)
    .join("\n");
}

async function documentText(bytes: Buffer): Promise<string> {
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(bytes)), { mergePages: false });
  return text.map((page, i) => `# page ${i + 1}\n${page}\n`).join("\n");
}

export const sha256 = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex");

/** SHA-256 over every number of a text in its order, whatever the words around it: signs, digits, commas and points. */
export const figuresOf = (text: string): string => sha256((text.match(/[-−]?\d[\d,]*(?:\.\d+)?/g) ?? []).join("\n"));
