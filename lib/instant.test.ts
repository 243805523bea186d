import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseHttpDate, parseInstant } from "./instant.ts";

const NOV_5 = Date.UTC(2026, 10, 5) / 1000;

describe("an instant", () => {
  it.each([
    ["2026-11-05T00:00:00Z"],
    ["2026-11-05T00:00:00.000Z"],
    ["2026-11-05T00:00:00.123456789Z"],
    ["2026-11-05T00:00:00,5Z"],
    ["2026-11-05t00:00:00z"],
    ["2026-11-05T00:00Z"],
    ["2026-11-05T00:00"],
    ["2026-11-05T01:00:00+01:00"],
    ["2026-11-05T01:00:00+0100"],
    ["2026-11-05 01:00:00+01"],
    ["2026-11-04T18:30:00-05:30"],
    ["2026-11-05 00:00:00"],
    ["2026-11-05 00:00:00.5"],
    ["2026-11-05 00:00:00 UTC"],
    ["2026-11-05 00:00:00.000000 UTC"],
    ["2026-11-05 00:00:00 +00:00"],
    ["2026-11-05 00:00:00 +0000 UTC"],
    ["20261105T000000Z"],
    ["20261105T000000.000Z"],
    ["2026-11-05"],
    ["20261105"],
  ])("is read: %s", (text) => {
    expect(parseInstant(text)).toBe(NOV_5);
  });

  it.each([
    ["05/11/2026"],
    ["13/11/2026"],
    ["11/05/2026 00:00"],
    ["5.11.2026"],
    ["05-11-2026"],
    ["2026/11/05"],
    ["2026-11-5"],
    ["2026-1105"],
    ["202611-05"],
    ["2026-11"],
    ["2026"],
    ["26-11-05"],
    ["Nov 5, 2026"],
    ["5 Nov 2026 00:00:00 GMT"],
    ["2026-02-30T00:00:00Z"],
    ["2026-02-30"],
    ["2026-13-01"],
    ["2026-11-05T24:00:00Z"],
    ["2026-11-05T23:60:00Z"],
    ["2026-11-05T23:59:60Z"],
    ["2026-11-05T00:00:00 CET"],
    ["2026-11-05T00:00:00+99:00"],
    ["2026-11-05T0000Z"],
    ["+275760-09-12T00:00:00Z"],
    ["-000001-01-01T00:00:00Z"],
    ["1790812800"],
    ["2026-W45-4"],
    ["2026-309"],
    [" 2026-11-05"],
    ["2026-11-05\u0000"],
    ["٢٠٢٦-١١-٠٥"],
    ["nonsense"],
    [""],
  ])("is no other text: %s", (text) => {
    expect(parseInstant(text)).toBe(null);
  });

  it("of the years before 100 keeps its year", () => {
    expect(parseInstant("0001-01-01T00:00:00Z")).toBe(-62_135_596_800);
  });

  it("of a header is an HTTP date", () => {
    expect(parseHttpDate("Thu, 05 Nov 2026 00:00:00 GMT")).toBe(NOV_5);
    for (const text of [
      "Thu, 05 Nov 2026 00:00:00",
      "Thu, 31 Feb 2026 00:00:00 GMT",
      "05/11/2026",
      "Thu, 05 Foo 2026 00:00:00 GMT",
      "",
    ])
      expect(parseHttpDate(text)).toBe(null);
  });
});

it("no text is read as a date by a parser that guesses", () => {
  const files = globSync("{lib,app,cli,components}/**/*.{ts,tsx}").filter(
    (file) => !/\.test\.|\/testing[-.]/.test(file),
  );
  expect(files.length).toBeGreaterThan(300);
  expect(files.filter((file) => /\bDate\.parse\(/.test(readFileSync(file, "utf8")))).toEqual([]);
});
