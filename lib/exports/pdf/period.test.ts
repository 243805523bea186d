import fc from "fast-check";
import { extractText, getDocumentProxy } from "unpdf";
import { describe, expect, it } from "vitest";
import { documentText } from "@/lib/exports/testing-pdf.ts";
import {
  anyStatement,
  goldenStatement,
  statementOf,
  usageLine,
  workloadPages,
} from "@/lib/exports/testing-statement.ts";
import { parseMicros, sumExactly } from "@/lib/money.ts";
import type { Statement } from "@/lib/statements/types.ts";
import { runs } from "@/lib/testing-runs.ts";
import { periodDocument, periodPdf } from "./period.ts";

async function read(pdf: Buffer) {
  const document = await getDocumentProxy(new Uint8Array(pdf));
  return { document, pages: (await extractText(document, { mergePages: false })).text };
}

const ofTeam = (statement: Statement, key: number, name: string, costCentre = ""): Statement => {
  const team = { ...statement.header.team, key, name, costCentre };
  return { ...statement, header: { ...statement.header, team } };
};
const partsOf = (statements: readonly Statement[]) => statements.map((statement) => ({ statement, workloads: [] }));

/** The figure of the row of amounts that comes with `label`, or next after it, `back` figures before its last. */
function figure(text: string, label: string, back: number): number {
  const lines = text.split("\n");
  const row = lines.slice(lines.findIndex((line) => line.startsWith(label))).find((line) => /\.\d{6}/.test(line)) ?? "";
  // A text reader puts a space between two sizes of digits.
  const figures =
    row
      .slice(label.length)
      .replaceAll(/(?<=\.\d\d) (?=\d{4})/g, "")
      .match(/−?[\d,]+\.\d+|−?[\d,]+/g) ?? [];
  return parseMicros((figures.at(-1 - back) ?? "").replaceAll(",", "").replace("−", "-")) ?? Number.NaN;
}

describe("periodPdf", () => {
  it("has every statement from a page of its own, behind a list of them, and counts its pages through", async () => {
    const long = Array.from({ length: 60 }, (_, i) => usageLine(i * 3_600_000, 2_500_000_000));
    const statements = [
      ofTeam(goldenStatement(), 1, "Vision", "CC-7100"),
      ofTeam(statementOf({ lines: long }), 2, "Speech"),
      ofTeam(goldenStatement(), 3, "Robots", "CC-7200"),
    ];
    const workloads = (await workloadPages(3).next()).value ?? [];
    const pdf = await periodPdf(
      statements.map((statement) => ({ statement, workloads })),
      "All teams",
    );
    const { document, pages } = await read(pdf);
    const [front = "", ...rest] = pages;
    for (const [i, page] of pages.entries()) expect(page).toContain(`Page ${i + 1} of ${pages.length}`);
    const begins = pages.flatMap((page, i) => (page.includes("BILL TO") && i > 0 ? [i + 1] : []));
    const listed = statements.map(({ header }) => figure(front, header.team.name, 0) / 1e6);
    expect(listed).toEqual(begins);
    for (const [i, { header }] of statements.entries())
      for (const page of rest.slice((begins[i] ?? 0) - 2, (begins[i + 1] ?? pages.length + 1) - 2))
        expect(page).toContain(header.team.name);
    const outline = (await document.getOutline()) ?? [];
    expect(outline.map((item) => item.title)).toEqual(
      statements.map(({ header, number }) => `${header.team.name}, ${number}`),
    );
    expect(front).toContain("All teams");
    expect(front).toContain("FINAL");
  });

  it("is the same bytes for the same statements, and says DRAFT on every page of a draft", async () => {
    const drafts = [1, 2].map((key) => ofTeam(statementOf({ number: null }), key, `Team ${key}`));
    const [a, b] = [await periodPdf(partsOf(drafts), "All teams"), await periodPdf(partsOf(drafts), "All teams")];
    expect(a.equals(b)).toBe(true);
    for (const page of (await read(a)).pages) expect(page.match(/DRAFT/g)?.length).toBeGreaterThanOrEqual(2);
  });

  const drawn = fc.array(anyStatement, { minLength: 1, maxLength: 4 }).map((any) =>
    // The statements of a period have one currency.
    any
      .filter((s) => s.header.currency === any[0]?.header.currency)
      .map((statement, i) => ofTeam(statement, i, `Team ${i}`)),
  );

  it("lists what each statement comes to, and the sum of all", () => {
    fc.assert(
      fc.property(drawn, (statements) => {
        const front = documentText(periodDocument(partsOf(statements), "All teams").document);
        // A page has its number when it is laid out.
        for (const { header } of statements) expect(figure(front, header.team.name, 0)).toBe(header.roundedMicros);
        expect(figure(front, "All of them", 0)).toBe(sumExactly(statements.map((s) => s.header.roundedMicros)));
      }),
      runs(60, 20261125),
    );
  });

  it("says the same on paper, as another program reads it", async () => {
    await fc.assert(
      fc.asyncProperty(drawn, async (statements) => {
        const [front = ""] = (await read(await periodPdf(partsOf(statements), "All teams"))).pages;
        for (const { header } of statements) expect(figure(front, header.team.name, 1)).toBe(header.roundedMicros);
        expect(figure(front, "All of them", 0)).toBe(sumExactly(statements.map((s) => s.header.roundedMicros)));
      }),
      runs(4, 20261125),
    );
  });
});
