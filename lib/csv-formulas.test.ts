import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { disarmed, rearmed } from "./csv-file.ts";
import { runs } from "./testing-runs.ts";

describe("a text in a CSV file", () => {
  it.each([
    ["=1+1", "'=1+1"],
    ["'=1+1", "''=1+1"],
    ["-30 %", "'-30 %"],
    ["  @sum", "'  @sum"],
    ["\uFF1Dx", "'\uFF1Dx"],
    ["'tis the season", "'tis the season"],
    ["plain", "plain"],
    ["", ""],
  ])("%j is written as %j, and read as it was", (text, written) => {
    expect([disarmed(text), rearmed(written)]).toEqual([written, text]);
  });

  it("is read as it was, whatever it is, and no spreadsheet takes it for a formula", () => {
    const part = fc.constantFrom("'", "=", "+", "-", "@", " ", "\t", "\n", "\u200b", "a", "\uFF0B");
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        const text = parts.join("");
        expect(rearmed(disarmed(text))).toBe(text);
        expect(disarmed(text)).not.toMatch(/^[\s\p{Cf}]*[=+\-@\uFF0B]/u);
      }),
      runs(500),
    );
  });
});
