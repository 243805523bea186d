import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { textOf } from "./text-file.ts";

it.each([
  ["UTF-8", Buffer.from("Zürich €")],
  ["UTF-8 with a mark", Buffer.from("\uFEFFZürich €")],
  ['UTF-16, as Excel\'s "Unicode text"', Buffer.from("\uFEFFZürich €", "utf16le")],
  ["UTF-16, the other way round", Buffer.from("\uFEFFZürich €", "utf16le").swap16()],
  ["packed", gzipSync("Zürich €")],
])("reads a text in %s", (_, bytes) => {
  expect(textOf("f", bytes)).toBe("Zürich €");
});

it("refuses other bytes in words", () => {
  expect(() => textOf("f.csv", Buffer.from("Zürich", "latin1"))).toThrow("f.csv is not text in UTF-8");
  expect(() => textOf("f.csv", Buffer.from([0x1f, 0x8b, 1, 2, 3]))).toThrow("f.csv cannot be unpacked");
});

it.each([
  ["packed twice", gzipSync(gzipSync("a,b\n"))],
  ["a workbook or a ZIP archive", Buffer.from("PK\u0003\u0004rest")],
  ["a workbook", Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 1])],
  ["a Parquet file", Buffer.from("PAR1rest")],
  ["a PDF", Buffer.from("%PDF-1.7")],
  ["no text, or UTF-16 without its mark", Buffer.from("a,b\n", "utf16le")],
  ["no text, or UTF-16 without its mark", Buffer.from("a,b\n1,x\0y\n")],
])("refuses what is %s, and says so", (what, bytes) => {
  expect(() => textOf("f.csv", bytes)).toThrow(`f.csv is ${what}`);
});

it("refuses what is too large once it is unpacked", () => {
  expect(() => textOf("f", gzipSync(Buffer.alloc(3_000_000)), 1024 * 1024)).toThrow(
    "larger than 1 MiB once it is unpacked",
  );
  expect(() => textOf("f", Buffer.alloc(3_000_000), 1024 * 1024)).toThrow("f is larger than 1 MiB.");
});
