import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";
import type { ReferenceLedger } from "./testing-orders.ts";
import type { Files } from "./testing-run.ts";
import { figuresOf, sha256, textOf } from "./testing-text.ts";

/** A line of `manifest.tsv`. */
interface Reference {
  readonly name: string;
  /** SHA-256 of the bytes as they were; the packing of workbooks and documents may change, then their text counts. */
  readonly bytes: string;
  readonly text: string;
  readonly figures: string;
}

/** What a comparison found wrong, to be read by a person. */
export interface Difference {
  readonly name: string;
  /** Whether a figure differs too, and not only words. */
  readonly figures: boolean;
  readonly detail: string;
}

/** Texts up to this size lie beside the manifest as they are; longer ones are packed together. */
const SMALL = 8_000;
const MOST_LINES = 6;
/** Characters of a line that are shown of a difference, about. */
const SHOWN = 120;

const folderOf = ({ name }: ReferenceLedger) => path.join(import.meta.dirname, name);

function manifestOf(ledger: ReferenceLedger): Reference[] {
  const text = readFileSync(path.join(folderOf(ledger), "manifest.tsv"), "utf8");
  return text
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => {
      const [name = "", bytes = "", of = "", figures = ""] = line.split("\t");
      return { name, bytes, text: of, figures };
    });
}

function fullTexts(ledger: ReferenceLedger): (name: string) => string {
  const packed = brotliDecompressSync(readFileSync(path.join(folderOf(ledger), "long.json.br")));
  const long = JSON.parse(packed.toString("utf8")) as Record<string, string>;
  return (name) => {
    const file = path.join(folderOf(ledger), "full", name);
    return long[name] ?? (existsSync(file) ? readFileSync(file, "utf8") : "");
  };
}

/** Every reference that `files` lack or say differently. Files without a reference are new, and no difference. */
export async function compareReferences(
  ledger: ReferenceLedger,
  files: Files,
  everything: boolean,
): Promise<{ readonly compared: number; readonly wanted: number; readonly differences: readonly Difference[] }> {
  const wanted = manifestOf(ledger);
  const differences: Difference[] = [];
  let compared = 0;
  const full = fullTexts(ledger);
  for (const { name, ...reference } of wanted) {
    const bytes = files.get(name);
    if (!bytes) {
      if (everything) differences.push({ name, figures: true, detail: "it is no longer there" });
      continue;
    }
    compared++;
    if (sha256(bytes) === reference.bytes) continue;
    const text = await textOf(name, bytes);
    if (sha256(text) === reference.text) continue;
    const figures = figuresOf(text) !== reference.figures;
    differences.push({ name, figures, detail: firstLines(full(name), text) });
  }
  return { compared, wanted: wanted.length, differences };
}

/** The first lines that differ, `-` as they were and `+` as they are. */
function firstLines(was: string, is: string): string {
  const [before, after] = [was.split("\n"), is.split("\n")];
  const out: string[] = [];
  for (let i = 0; i < Math.max(before.length, after.length) && out.length < 2 * MOST_LINES; i++)
    if (before[i] !== after[i]) out.push(...around(before[i] ?? "(no line)", after[i] ?? "(no line)"));
  return out.join("\n");
}

/** Two lines from shortly before where they part: a report in JSON has its columns in one line. */
function around(was: string, is: string): [string, string] {
  let at = 0;
  while (at < was.length && was[at] === is[at]) at++;
  const from = at < SHOWN ? 0 : at - SHOWN / 2;
  const part = (line: string) => `${from > 0 ? "…" : ""}${line.slice(from, from + 2 * SHOWN)}`;
  return [`- ${part(was)}`, `+ ${part(is)}`];
}

/** Writes the references again: manifest, small texts as files, long ones packed. */
export async function writeReferences(ledger: ReferenceLedger, files: Files): Promise<void> {
  const folder = folderOf(ledger);
  rmSync(path.join(folder, "full"), { recursive: true, force: true });
  const lines = ["name\tsha256 of bytes\tsha256 of text\tsha256 of figures"];
  const long: Record<string, string> = {};
  for (const name of [...files.keys()].sort()) {
    const bytes = files.get(name) as Buffer;
    const text = await textOf(name, bytes);
    lines.push([name, sha256(bytes), sha256(text), figuresOf(text)].join("\t"));
    if (text.length > SMALL || name.includes("/period/")) long[name] = text;
    else {
      const file = path.join(folder, "full", name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  }
  writeFileSync(path.join(folder, "manifest.tsv"), `${lines.join("\n")}\n`);
  const params = { [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_QUALITY]: 11 };
  writeFileSync(path.join(folder, "long.json.br"), brotliCompressSync(JSON.stringify(long), { params }));
}
