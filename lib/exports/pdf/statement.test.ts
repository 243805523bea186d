import fc from "fast-check";
import { extractText, getDocumentProxy } from "unpdf";
import { describe, expect, it } from "vitest";
import { amountsAfter, documentText } from "@/lib/exports/testing-pdf.ts";
import {
  amountLine,
  anyStatement,
  goldenStatement,
  statementOf,
  usageLine,
  workloadPages,
} from "@/lib/exports/testing-statement.ts";
import { minorDigits, sumExactly } from "@/lib/money.ts";
import type { Statement } from "@/lib/statements/types.ts";
import { runs } from "@/lib/testing-runs.ts";
import { figureOf } from "./figures.ts";
import { type PdfOptions, statementDocument, statementPdf } from "./statement.ts";

async function pagesOf(statement: Statement, options: PdfOptions = {}): Promise<string[]> {
  const pdf = await getDocumentProxy(new Uint8Array(await statementPdf(statement, options)));
  return (await extractText(pdf, { mergePages: false })).text;
}

/** The totals of a statement as its text says them: each part, their sum, its rounding. */
function expectTotals(text: string, header: Statement["header"]): void {
  expect(amountsAfter(text, "Total ")).toContain(header.roundedMicros);
  const sum = amountsAfter(text, "Sum of the lines")[0] ?? Number.NaN;
  expect(sum).toBe(header.totalMicros);
  const digits = minorDigits(header.currency);
  const word = `Rounding to ${header.currency} ${digits ? `0.${"1".padStart(digits, "0")}` : "1"}`;
  expect(sumExactly([sum, amountsAfter(text, word)[0] ?? Number.NaN])).toBe(header.roundedMicros);
  const parts = [
    "GPU, CPU and memory",
    "Shared and idle capacity",
    "Imported cost",
    "Corrections and settled disputes",
  ];
  expect(sumExactly(parts.map((part) => amountsAfter(text, part)[0] ?? Number.NaN))).toBe(sum);
}

describe("statementPdf", () => {
  it("says everything that a statement must, page by page", async () => {
    const top = (await workloadPages(3).next()).value ?? [];
    const pages = await pagesOf(goldenStatement(), { workloads: top });
    await expect(pages.join("\n\f\n")).toMatchFileSnapshot("../golden/statement-pdf.txt");
    for (const [i, page] of pages.entries()) {
      expect(page).toContain(`Page ${i + 1} of ${pages.length}`);
      expect(page).toContain("FINAL");
    }
  });

  it("says in words what was open at the close", async () => {
    const by = { reason: "The books are closed early", by: "ada" };
    const overrides = [
      { item: "gaps", title: "2 open gaps", detail: "1 h of samples are missing.", ...by },
      { item: "unpriced:NVIDIA-A100", ...by },
    ];
    const text = (await pagesOf(statementOf({ header: { overrides } }))).join("\n");
    for (const words of ["2 open gaps", "1 h of samples are missing.", "No price for NVIDIA-A100"])
      expect(text).toContain(words);
    expect(text).not.toContain("unpriced:");
  });

  it("is the same bytes for the same statement", async () => {
    const [a, b] = [await statementPdf(goldenStatement()), await statementPdf(goldenStatement())];
    expect(a.equals(b)).toBe(true);
    expect(a.toString("latin1")).toContain("(D:20261104230000Z)");
  });

  it("has its status on every page", async () => {
    const lines = Array.from({ length: 60 }, (_, i) => usageLine(i * 3_600_000, 2_500_000_000));
    const draft = await pagesOf(statementOf({ number: null, lines }), { pageSize: "Letter" });
    expect(draft.length).toBeGreaterThan(1);
    for (const page of draft) expect(page.match(/DRAFT/g)).toHaveLength(2);
    const credit = await pagesOf(statementOf({ lines: [amountLine(-5_000_000, { kind: "correction" })] }));
    expect(credit[0]).toContain("CREDIT NOTE");
    expect(credit[0]).toContain("−5.00");
  });

  it("gives the same total back, to the minor unit, and lines that add up to it, whatever the texts", () => {
    fc.assert(
      fc.property(anyStatement, (statement) => {
        const { document } = statementDocument(statement);
        const text = documentText(document);
        expectTotals(text, statement.header);
        const amounts = statement.lines.map((line) => figureOf(line.amountMicros, 6).main);
        for (const amount of amounts) expect(text.replaceAll(/[ ]/g, "")).toContain(amount.replaceAll(/[ ]/g, ""));
      }),
      runs(150, 20261006),
    );
  });

  it("says the same on paper, as another program reads it", async () => {
    await fc.assert(
      fc.asyncProperty(anyStatement, async (statement) => {
        expectTotals((await pagesOf(statement)).join("\n"), statement.header);
      }),
      runs(8, 20261006),
    );
  });

  it("prints every line's amount exactly", async () => {
    const lines = Array.from({ length: 40 }, (_, i) =>
      usageLine(1_000_003 * (i + 1), 2_500_000_000, { description: `Line ${i} end` }),
    );
    const flat = (await pagesOf(statementOf({ lines }))).join("\n").replaceAll(/[ \n]/g, "");
    for (const { amountMicros } of lines) {
      const [whole, fraction] = [Math.floor(amountMicros / 1e6), amountMicros % 1e6];
      expect(flat).toContain(`${whole}.${String(fraction).padStart(6, "0")}`);
    }
  });

  it("draws 1,000 lines, the head of their table on every page", async () => {
    const lines = Array.from({ length: 1000 }, (_, i) =>
      usageLine(3_600_001 * (i + 1), 2_500_000_000, { project: `project-${i % 40}` }),
    );
    const statement = statementOf({ lines });
    const pages = await pagesOf(statement);
    expect(pages.length).toBeGreaterThan(20);
    for (const page of pages.slice(1, -3)) expect(page).toContain("Unit price");
  });
});
