import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Column } from "@/lib/reports/report.ts";
import { runs } from "@/lib/testing-runs.ts";
import { csvChunks, csvLines } from "./csv.ts";

const columns: Column[] = [
  { key: "name", header: "Name, full", unit: "text" },
  { key: "change", header: "change", unit: "decimal" },
  { key: "hours", header: "hours", unit: "milli-gpu-seconds" },
  { key: "at", header: "at", unit: "instant" },
];

/** A strict reader of RFC 4180, apart from the writer. */
function read(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let at = 0;
  while (at < text.length) {
    let field = "";
    if (text[at] === '"') {
      for (at++; text[at] !== '"' || text[at + 1] === '"'; at++) {
        if (text[at] === '"') at++;
        field += text[at];
      }
      at++;
    } else while (at < text.length && !/[,\r\n"]/.test(text[at] as string)) field += text[at++];
    record.push(field);
    if (text[at] === ",") at++;
    else if (text.startsWith("\r\n", at)) {
      at += 2;
      records.push(record);
      record = [];
    } else throw new Error(`not RFC 4180 at ${at}`);
  }
  return records;
}

async function collect(chunks: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const chunk of chunks) text += chunk;
  return text;
}

describe("csv", () => {
  it("quotes what needs it, ends each line with CRLF and keeps unknown apart from zero", async () => {
    async function* pages() {
      yield [{ name: 'a "b", c', change: -1.5, hours: 1, at: 0 }];
      yield [];
      yield [{ name: "two\nlines", change: null, hours: 0, at: null }];
    }
    expect(await collect(csvChunks(columns, pages()))).toBe(
      '"Name, full",change,hours,at\r\n"a ""b"", c",-1.50,0.000000,1970-01-01T00:00:00Z\r\n"two\nlines",,0.000000,\r\n',
    );
  });

  it("has its header even without rows, and nothing at all when the report fails at once", async () => {
    async function* nothing() {}
    expect(await collect(csvChunks(columns, nothing()))).toBe('"Name, full",change,hours,at\r\n');
    // biome-ignore lint/correctness/useYield: it fails before its first page
    async function* failing(): AsyncGenerator<never> {
      throw new Error("no such project");
    }
    await expect(csvChunks(columns, failing()).next()).rejects.toThrow("no such project");
  });

  it("reads back as it was, with an apostrophe before what a spreadsheet would run", () => {
    const risky = fc.tuple(
      fc.constantFrom("=", "+", "-", "@", "\t", "\r", "＝", "", "a"),
      fc.string({ unit: "binary" }),
    );
    fc.assert(
      fc.property(risky, fc.double({ noNaN: true, min: -1e9, max: 1e9 }), ([first, rest], change) => {
        const name = first + rest;
        const [record] = read(csvLines(columns, [{ name, change, hours: 5, at: 1 }]));
        const [shown = "", number = ""] = record ?? [];
        expect(shown).not.toMatch(/^[=+\-@\t\r＝＋－＠]/);
        expect(shown.replace(/^'/, "")).toBe(shown === name ? name.replace(/^'/, "") : name);
        expect(number).toMatch(/^-?\d+\.\d\d$/);
        expect(Number(number)).toBeCloseTo(change, 2);
      }),
      runs(100),
    );
  });
});
