import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { parse as parseHtml } from "node-html-parser";
import { renderToStaticMarkup } from "react-dom/server";
import { readSheet } from "read-excel-file/node";
import { extractText, getDocumentProxy } from "unpdf";
import { describe, expect, it } from "vitest";
import type { Db } from "@/db/client.ts";
import { type FinanceDownload, periodFile, statementFile } from "@/lib/api/statement-files.ts";
import { auditPeriod } from "@/lib/closing/audit.ts";
import { closePeriod, previewClose } from "@/lib/closing/close.ts";
import { charge, SETTINGS } from "@/lib/closing/testing-close.ts";
import { loadPeriodTotals } from "@/lib/closing/totals-load.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { parseMicros, sumExactly } from "@/lib/money.ts";
import { getReport } from "@/lib/reports/index.ts";
import { loadReport } from "@/lib/reports/testing.ts";
import { rowsOf } from "@/lib/reports/testing-cost.ts";
import { anyLedger, buildLedger, meterAll } from "@/lib/reports/testing-ledgers.ts";
import { loadStatements } from "@/lib/statements/load.ts";
import type { Statement } from "@/lib/statements/types.ts";
import { runs } from "@/lib/testing-runs.ts";
import { Lines } from "./[period]/[team]/lines.tsx";

const ACCOUNTS = { recoveryAccount: "749000", recoveryCostCentre: "CC-9000" };

async function bytes({ chunks }: FinanceDownload): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
  return Buffer.concat(parts);
}

const micros = (text: unknown): number => (text === "" ? 0 : (parseMicros(String(text)) ?? Number.NaN));
const records = (file: Buffer): Record<string, string>[] => parse(file, { columns: true, bom: true });
const sum = (rows: readonly Record<string, string>[], column: string) => sumExactly(rows.map((r) => micros(r[column])));

/** What the page of a statement says: its amounts line by line, and its total. */
function page(statement: Statement) {
  const html = parseHtml(renderToStaticMarkup(<Lines statement={statement} />));
  const amount = (row: { querySelectorAll: (selector: string) => { text: string }[] }) =>
    micros((row.querySelectorAll("td").at(-1)?.text ?? "").replaceAll(/[^\d.−-]/g, "").replace("−", "-"));
  const rows = html.querySelectorAll("tbody tr");
  const [exact, rounding, total] = rows.slice(-3).map(amount);
  const lines = rows.slice(0, -3).filter((row) => !row.querySelector("td[colspan]"));
  return { lines: lines.map(amount), exact, rounding, total };
}

/** A file of one statement. */
const fileOf = async (ctx: Ctx, period: string, { header }: Statement, format: string) =>
  bytes(await statementFile(ctx, SETTINGS, period, header.team.key, format, ACCOUNTS));

/** What each data file of one statement says that it comes to, read by a parser that is not ours. */
async function totalsOf(ctx: Ctx, period: string, statement: Statement): Promise<Record<string, number>> {
  const file = (format: string) => fileOf(ctx, period, statement, format);
  const json = JSON.parse((await file("json")).toString()) as { totals: { total: number } };
  return {
    csv: sum(records(await file("csv")), "amount"),
    json: Math.round(json.totals.total * 1e6),
    focus: sum(records(await file("focus")), "BilledCost"),
  };
}

/** The same of what is laid out: page, workbook and document. */
async function layoutsOf(ctx: Ctx, period: string, statement: Statement): Promise<Record<string, number>> {
  const sheet = (await readSheet(await fileOf(ctx, period, statement, "xlsx"), "Lines")) as unknown[][];
  const amount = sheet[0]?.indexOf("Amount") ?? -1;
  const pdf = await getDocumentProxy(new Uint8Array(await fileOf(ctx, period, statement, "pdf")));
  const { text } = await extractText(pdf, { mergePages: true });
  return {
    page: page(statement).total ?? Number.NaN,
    xlsx: sumExactly(sheet.slice(1).map((row) => Math.round(Number(row[amount]) * 1e6))),
    pdf: totalInText(text),
  };
}

/** The figure after the word Total, without what a text reader puts between two sizes of digits. */
function totalInText(text: string): number {
  const figure = text.match(/^Total (?:[A-Z]{3} )?(−?[\d,]+(?: ?\.\d+)?)/m)?.[1] ?? "";
  return micros(figure.replaceAll(/[, ]/g, "").replace("−", "-"));
}

/** What the XLSX and the PDF of all teams say that they come to: of each team where they name it, and together. */
async function togetherOf(
  ctx: Ctx,
  period: string,
): Promise<{ teams: Record<string, number>; xlsx: number; pdf: number }> {
  const file = async (format: string) => bytes(await periodFile(ctx, SETTINGS, ACCOUNTS, period, format));
  const workbook = await file("xlsx");
  const lines = (await readSheet(workbook, "Lines")) as unknown[][];
  const summary = (await readSheet(workbook, "Summary")) as unknown[][];
  const [team, amount, total] = [lines[0]?.indexOf("Team"), lines[0]?.indexOf("Amount"), summary[0]?.indexOf("Total")];
  const teams: Record<string, number> = {};
  for (const row of lines.slice(1)) {
    const name = String(row[team ?? -1]);
    teams[name] = sumExactly([teams[name] ?? 0, Math.round(Number(row[amount ?? -1]) * 1e6)]);
  }
  const pdf = await getDocumentProxy(new Uint8Array(await file("pdf")));
  const { text } = await extractText(pdf, { mergePages: false });
  return {
    teams,
    xlsx: Math.round(Number(summary.find((row) => row[0] === "All of them")?.[total ?? -1]) * 1e6),
    pdf: micros(
      (text[0]?.match(/^All of them .*?(−?[\d,]+\.\d+)$/m)?.[1] ?? "x").replaceAll(",", "").replace("−", "-"),
    ),
  };
}

/** Closes a period, whatever is open. */
async function close(ctx: Ctx, period: string): Promise<void> {
  const { items } = await previewClose(ctx, SETTINGS, period);
  const overrides = items.filter((i) => i.weight === "may").map((i) => ({ item: i.key, reason: "for the test" }));
  await closePeriod(ctx, SETTINGS, { period, overrides });
}

async function late(db: Db, usage: Parameters<typeof meterAll>[1]): Promise<void> {
  await meterAll(
    db,
    usage.map((u) => ({ ...u, milli: u.milli + 1_234_567 })),
  );
  await charge(db);
}

/** How often each kind of statement and line was met. */
const seen = {
  ...{ closed: 0, corrected: 0, open: 0 },
  ...{ unusedQuota: 0, imported: 0, cores: 0, spot: 0, "over-quota": 0 },
};

/** One statement against its surfaces: the report, the files, the journal and, where `laidOut`, page, workbook and document. */
async function expectStatement(ctx: Ctx, period: string, statement: Statement, laidOut: boolean): Promise<void> {
  const { header } = statement;
  const of = `${period} ${header.team.name}`;
  const wanted = header.roundedMicros;
  expect([of, await totalsOf(ctx, period, statement)]).toEqual([of, { csv: wanted, json: wanted, focus: wanted }]);
  if (laidOut) {
    const all = { page: wanted, xlsx: wanted, pdf: wanted };
    expect([of, await layoutsOf(ctx, period, statement)]).toEqual([of, all]);
  }
  const shown = page(statement);
  expect([of, sumExactly(shown.lines), shown.exact]).toEqual([of, header.totalMicros, header.totalMicros]);
  expect([of, shown.rounding, shown.total]).toEqual([of, header.roundingMicros, wanted]);
  const entry = records(await fileOf(ctx, period, statement, "journal"));
  expect([of, sum(entry, "debit"), sum(entry, "credit")]).toEqual([of, Math.abs(wanted), Math.abs(wanted)]);
  for (const line of statement.lines)
    if (line.method === "unused-quota") seen.unusedQuota++;
    else if (line.kind === "cost") seen.imported++;
    else if (line.sku === "cpu") seen.cores++;
    else if (line.priceClass === "spot" || line.priceClass === "over-quota") seen[line.priceClass]++;
}

/** A period against its surfaces: each statement, the journal and the report of all, and the list of periods. */
async function expectPeriod(ctx: Ctx, period: string, laidOut: boolean): Promise<void> {
  const loaded = await loadStatements(ctx, SETTINGS, period).catch(() => null);
  if (!loaded?.statements.length) return;
  const { statements, view } = loaded;
  const days = { from: view.period.fromDay, until: view.period.untilDay };
  const report = await rowsOf(loadReport(ctx, getReport("cost-by-team"), { start: 0, end: 1, label: "", days }));
  const journal = records(await bytes(await periodFile(ctx, SETTINGS, ACCOUNTS, period, "journal")));
  expect(sum(journal, "debit")).toBe(sum(journal, "credit"));
  expect(sum(journal, "debit")).toBe(sumExactly(statements.map((s) => Math.abs(s.header.roundedMicros))));
  const together = sumExactly(statements.map((s) => s.header.roundedMicros));
  const listed = await loadPeriodTotals(ctx, SETTINGS, loaded.periods);
  expect(listed.get(loaded.periods.find((p) => p.period.id === period) ?? view)).toBe(together);
  if (laidOut)
    expect(await togetherOf(ctx, period)).toEqual({
      teams: Object.fromEntries(statements.map((s) => [s.header.team.name, s.header.roundedMicros])),
      ...{ xlsx: together, pdf: together },
    });
  for (const statement of statements) {
    const { header, number } = statement;
    const of = `${period} ${header.team.name}`;
    const row = report.find((r) => r.team === header.team.name);
    expect([of, row?.amount]).toEqual([of, header.totalMicros]);
    const mine = journal.filter((r) => r.reference === number);
    if (number) expect([of, sum(mine, "debit")]).toEqual([of, Math.abs(header.roundedMicros)]);
    await expectStatement(ctx, period, statement, laidOut);
    seen[view.close ? "closed" : header.correctionMicros ? "corrected" : "open"]++;
  }
  expect((await auditPeriod(ctx, SETTINGS, period)).faults).toEqual([]);
}

describe("one statement comes to one total on every surface, closed, corrected or open", () => {
  it.each([
    ["report, CSV, JSON, FOCUS, journal and the page's lines", false, 8],
    ["page, XLSX and PDF too", true, 2],
  ])("%s", async (_, laidOut, times) => {
    await fc.assert(
      fc.asyncProperty(anyLedger, fc.boolean(), async (drawn, closeOctober) => {
        const { db, ctx } = await buildLedger(drawn);
        try {
          const first = (await loadStatements(ctx, SETTINGS, "2026-11").catch(() => null))?.periods[0]?.period.id;
          if (first === "2026-09") await close(ctx, "2026-09");
          if (closeOctober) await close(ctx, "2026-10");
          await late(db, drawn.usage);
          for (const period of ["2026-09", "2026-10", "2026-11"]) await expectPeriod(ctx, period, laidOut);
        } finally {
          await db.close();
        }
      }),
      runs(times, 20261125),
    );
  });

  it("and of every kind there were some", () => {
    expect(Object.entries(seen).filter(([, count]) => count === 0)).toEqual([]);
  });
});
