import { createHash, type Hash } from "node:crypto";
import { Zip, ZipDeflate, ZipPassThrough } from "fflate";
import type { Instant } from "@/lib/time.ts";

/** A file to pack: whole, or in parts that are made while it is packed. */
export interface ZipFile {
  readonly name: string;
  readonly content: string | Uint8Array | AsyncIterable<string | Uint8Array>;
}

/** Name of the list of sums, last in every archive. */
export const MANIFEST = "SHA256SUMS";
/** What is compressed already is stored as it is. */
const PACKED = /\.(pdf|xlsx|zip)$/;
const LEVEL = 6;

async function* partsOf({ content }: ZipFile): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  if (typeof content === "string" || content instanceof Uint8Array)
    yield typeof content === "string" ? encoder.encode(content) : content;
  else for await (const part of content) yield typeof part === "string" ? encoder.encode(part) : part;
}

/** A name that no file before had: `a.csv`, `a-2.csv` … */
function distinct(name: string, taken: Set<string>): string {
  const dot = name.lastIndexOf(".");
  const [stem, end] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ""];
  let free = name;
  for (let i = 2; taken.has(free.toLowerCase()); i++) free = `${stem}-${i}${end}`;
  taken.add(free.toLowerCase());
  return free;
}

/**
 * A zip archive of `files` in their order, made while it is read, and last the list of their SHA-256 sums, as
 * `sha256sum --check SHA256SUMS` reads it. Files carry the time `at`; equal names are numbered.
 */
export async function* periodZip(
  files: Iterable<ZipFile> | AsyncIterable<ZipFile>,
  at: Instant,
): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  const failures: Error[] = [];
  const zip = new Zip((error, chunk) => (error ? failures.push(error) : ready.push(chunk)));
  const taken = new Set<string>([MANIFEST.toLowerCase()]);
  function* drain(): Generator<Uint8Array> {
    if (failures[0]) throw failures[0];
    yield* ready.splice(0);
  }
  async function* add(name: string, parts: AsyncIterable<Uint8Array>, sum?: Hash): AsyncGenerator<Uint8Array> {
    const entry = PACKED.test(name) ? new ZipPassThrough(name) : new ZipDeflate(name, { level: LEVEL });
    entry.mtime = at * 1000;
    zip.add(entry);
    for await (const part of parts) {
      sum?.update(part);
      // The compressor keeps what it is given until more comes: the maker of a part may use its memory again.
      entry.push(new Uint8Array(part));
      yield* drain();
    }
    entry.push(new Uint8Array(0), true);
    yield* drain();
  }
  let manifest = "";
  for await (const file of files) {
    const name = distinct(file.name, taken);
    const sum = createHash("sha256");
    yield* add(name, partsOf(file), sum);
    manifest += `${sum.digest("hex")}  ${name}\n`;
  }
  yield* add(MANIFEST, partsOf({ name: MANIFEST, content: manifest }));
  zip.end();
  yield* drain();
}
