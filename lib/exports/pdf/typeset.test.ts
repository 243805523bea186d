import { existsSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hostileText } from "@/lib/exports/testing-statement.ts";
import { runs } from "@/lib/testing-runs.ts";
import { facesOf, fontOf, LATIN } from "./fonts.ts";
import { MISSING, Typesetter } from "./typeset.ts";

/** A font of Debian's, which not every machine has. */
const DEJAVU = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf";

const set = () => new Typesetter(facesOf());
const joined = (value: string) =>
  set()
    .runs(value)
    .map((r) => r.text)
    .join("");

describe("Typesetter", () => {
  it("has all of Latin, Greek and Cyrillic", () => {
    const letters: string[] = [];
    const ranges = [
      [0x20, 0x7e],
      [0xa1, 0x24f],
      [0x386, 0x3ce],
      [0x400, 0x45f],
      [0x48a, 0x4ff],
      [0x1e00, 0x1eff],
    ];
    for (const [from = 0, until = 0] of ranges)
      for (let code = from; code <= until; code++) {
        const c = String.fromCodePoint(code);
        if (/[\p{L}\p{N}\p{P}\p{S}]/u.test(c) && c.normalize("NFC") === c) letters.push(c);
      }
    const missing = letters.filter((c) => joined(c) !== c);
    // The package leaves these out: two digraphs that are shown as two letters, Abkhaz ka, and a medieval s.
    expect(missing.map((c) => joined(c))).toEqual(["ʼn", "DŽ", MISSING, MISSING, MISSING]);
    expect(letters.length).toBeGreaterThan(1000);
  });

  it.skipIf(!existsSync(DEJAVU))("has the scripts of the fonts that are given (needs the DejaVu fonts)", () => {
    const georgian = "თბილისი";
    expect(joined(georgian)).toBe(MISSING.repeat(7));
    const more = new Typesetter(facesOf([DEJAVU]));
    expect(more.runs(`Team ${georgian}`)).toEqual([
      { text: "Team ", font: LATIN },
      { text: georgian, font: "DejaVuSans.ttf" },
    ]);
    expect(more.incomplete).toBe(false);
  });

  it("cuts a text where its script changes, spaces with the word before", () => {
    expect(set().runs("Zürich, Šą Москва")).toEqual([
      { text: "Zürich, ", font: LATIN },
      { text: "Šą ", font: "Inter latin-ext" },
      { text: "Москва", font: "Inter cyrillic" },
    ]);
  });

  it("shows a question mark for what it lacks, and says so", () => {
    const typesetter = set();
    expect(typesetter.runs("研 a")).toEqual([{ text: `${MISSING} a`, font: LATIN }]);
    expect(typesetter.incomplete).toBe(true);
  });

  it("is one line without direction marks, every character in a face that has it, whatever the text", () => {
    const faces = facesOf();
    fc.assert(
      fc.property(hostileText, (value) => {
        for (const { text, font } of new Typesetter(faces).runs(value)) {
          expect(text).not.toMatch(/[\r\n\t\u202a-\u202e\u2066-\u2069]/);
          const face = faces.find((f) => f.name === font);
          for (const c of text)
            if (c !== MISSING && c !== " " && c !== "\u200b")
              expect(face?.covers.has(c.codePointAt(0) ?? 0)).toBe(true);
        }
      }),
      runs(500, 20261005),
    );
  });

  it("refuses a font that it cannot embed, by name", () => {
    const woff2 = Buffer.from("wOF2".padEnd(64, "\0"), "latin1");
    expect(() => fontOf(woff2, "corporate.woff2")).toThrow("The font corporate.woff2 is WOFF2");
    const cut = Buffer.from("wOFF".padEnd(64, "\0"), "latin1");
    expect(() => fontOf(cut, "cut.woff")).toThrow("The font cut.woff");
  });
});
