import { readFile } from "node:fs/promises";
import type { APIRequestContext, Page } from "@playwright/test";
import { parse } from "csv-parse/sync";
import { unzipSync } from "fflate";
import readExcel from "read-excel-file/node";
import { extractText, getDocumentProxy } from "unpdf";
import { openDb, sql } from "@/db/client.ts";
import { chargeDue } from "@/lib/charges/run.ts";
import { jobViewer } from "@/lib/ctx.ts";
import { silentLog } from "@/lib/log.ts";
import { correctDue } from "@/lib/statements/correct-run.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { addDays } from "@/lib/time.ts";
import { closingMonth, monthAt } from "./fixtures/span.ts";
import { expect, test, violationsOf } from "./fixtures/test.ts";

test.describe.configure({ mode: "serial" });

const now = Math.floor(Date.now() / 1000);
const closing = closingMonth(now);
/** The first that is open once that is closed: corrections are in it. */
const next = monthAt(closing.end);
const TEAM = 11;

/** A ledger of its own, two ports on: a close is for good. */
const at = (baseURL: string | undefined, path: string) => {
  const url = new URL(path, baseURL);
  url.port = String(Number(url.port) + 2);
  return url.href;
};

const closePage = `/statements/close?of=${closing.id}`;
async function close(page: Page): Promise<void> {
  await page.getByLabel(`Close ${closing.id} for good`).check();
  await page.getByRole("button", { name: `Close ${closing.id}` }).click();
}

test("a close is refused while something is open, and says what", async ({ page, baseURL }) => {
  await page.goto(at(baseURL, "/statements"));
  await page.getByRole("link", { name: "Check and close" }).click();
  await expect(page.getByRole("heading", { name: `Close ${closing.id}` })).toBeVisible();
  await expect(page.getByText("1 open gap")).toBeVisible();
  await close(page);
  await expect(page.getByRole("alert").filter({ hasText: "cannot be closed yet" })).toContainText("gaps: 1 open gap");
});

test("a team disputes a line, which blocks the close, and gets a credit", async ({ page, baseURL }) => {
  await page.goto(at(baseURL, `/statements/${closing.id}/${TEAM}`));
  await page.getByRole("combobox", { name: "Accept" }).selectOption({ index: 2 });
  await page.getByRole("button", { name: "Accept" }).click();
  await expect(page.getByText(/accepted .+: .+/).first()).toBeVisible();
  await page.getByRole("combobox", { name: "Dispute" }).selectOption({ index: 1 });
  await page.getByRole("textbox", { name: "Reason" }).fill("That node was broken for a day");
  await page.getByRole("button", { name: "Dispute" }).click();
  await expect(page.getByText("That node was broken for a day")).toBeVisible();
  await page.goto(at(baseURL, closePage));
  await expect(page.getByText(/Foundation disputes 1 line/)).toBeVisible();
  await page.goto(at(baseURL, `/statements/${closing.id}/${TEAM}`));
  await page.getByRole("textbox", { name: "Answer" }).fill("Half of the day is given back");
  await page.getByLabel(/Credit \(negative\)/).fill("-12.50");
  await page.getByLabel("The amount changes the statement").check();
  await page.getByRole("button", { name: "Answer" }).click();
  await expect(page.getByRole("cell", { name: "Credit that settles a dispute of" }).first()).toBeVisible();
});

test("with a reason for what is open the period is closed, numbered and sealed", async ({ page, baseURL }) => {
  await page.goto(at(baseURL, closePage));
  for (const field of await page.getByLabel("Reason for the override").all()) await field.fill("Known to finance");
  await close(page);
  await expect(page.getByText(new RegExp(`GL-${closing.id}-0001`))).toBeVisible({ timeout: 60_000 });
  await page.getByRole("link", { name: "Foundation", exact: true }).click();
  await expect(page.getByText(/SHA-256/)).toBeVisible();
  await expect(page.getByText(/Closed in spite of an open item: \d+ open gap.*Reason: Known to finance/)).toBeVisible();
  expect(await violationsOf(page)).toEqual([]);
  await page.goto(at(baseURL, closePage));
  await expect(page.getByText(`${closing.id} is closed. What changes later`)).toBeVisible();
});

const record = (text: string | Buffer) => parse(text, { columns: true }) as Record<string, string>[];
const total = (rows: readonly Record<string, string>[], column: string) =>
  rows.reduce((sum, row) => sum + Math.round(Number(row[column] || "0") * 1e6), 0);

async function file(request: APIRequestContext, url: string): Promise<Buffer> {
  const response = await request.get(url);
  expect(response.status(), url).toBe(200);
  return response.body();
}

test("every file opens in a parser, and they agree on the total", async ({ request, baseURL }) => {
  const url = (format: string) => at(baseURL, `/api/v1/statements/${closing.id}/${TEAM}/${format}`);
  const lines = record(await file(request, url("csv")));
  const csv = total(lines, "amount");
  expect(lines[0]?.statement).toMatch(/^GL-/);
  const json = JSON.parse((await file(request, url("json"))).toString()) as { totals: { total: number } };
  expect(Math.round(json.totals.total * 1e6)).toBe(csv);
  const sheets = await readExcel(await file(request, url("xlsx")));
  expect(JSON.stringify(sheets)).toContain(lines[0]?.statement);
  const pdf = await getDocumentProxy(new Uint8Array(await file(request, url("pdf"))));
  const { text } = await extractText(pdf, { mergePages: true });
  expect(text).toContain(lines[0]?.statement);
  const focus = record(await file(request, url("focus")));
  expect(total(focus, "BilledCost")).toBe(csv);

  const period = (format: string) => at(baseURL, `/api/v1/periods/${closing.id}/${format}`);
  const all = record(await file(request, period("csv")));
  const journal = record(await file(request, period("journal")));
  expect(total(journal, "debit")).toBe(total(journal, "credit"));
  const mine = journal.filter((row) => row.reference === lines[0]?.statement);
  expect(total(mine, "debit")).toBe(csv);
  expect(
    total(
      all.filter((row) => row.team === "Foundation"),
      "amount",
    ),
  ).toBe(csv);
  const own = record(await file(request, url("journal")));
  expect([total(own, "debit"), total(own, "credit")]).toEqual([csv, csv]);
  const workbook = await readExcel(await file(request, period("xlsx")));
  expect(workbook.map(({ sheet }) => sheet)).toEqual(["Summary", "Lines", "Workloads", "Adjustments"]);
  const summary = workbook[0]?.data.find((row) => row[0] === "Foundation") ?? [];
  expect(Math.round(Number(summary[workbook[0]?.data[0]?.indexOf("Total") ?? -1]) * 1e6)).toBe(csv);
  const document = await getDocumentProxy(new Uint8Array(await file(request, period("pdf"))));
  expect((await document.getOutline())?.map(({ title }) => title)).toContain(`Foundation, ${lines[0]?.statement}`);
  const zip = unzipSync(new Uint8Array(await file(request, period("zip"))));
  const names = Object.keys(zip);
  expect(names).toContain("SHA256SUMS");
  for (const end of [".csv", ".json", ".xlsx", ".pdf"]) expect(names.some((n) => n.endsWith(end))).toBe(true);
});

test("a cost centre has files of its teams alone", async ({ page, baseURL }) => {
  await page.goto(at(baseURL, `/statements?of=${closing.id}`));
  const row = page.getByRole("region", { name: /by cost centre/ }).getByRole("row", { name: /Foundation/ });
  const centre = await row.getByRole("cell").first().innerText();
  const started = page.waitForEvent("download");
  await row.getByRole("link", { name: `Cost centre ${centre}, CSV` }).click();
  const download = await started;
  expect(download.suggestedFilename()).toBe(`statements_cost-centre-${centre}_${closing.id}.csv`);
  const rows = record(await readFile(await download.path()));
  expect([...new Set(rows.map((r) => r.cost_centre))]).toEqual([centre]);
  expect(rows.map((r) => r.team)).toContain("Foundation");
});

test("late usage of the closed month is a correction of the next", async ({ page, baseURL }) => {
  const db = await openDb("file:./data/e2e-close.db");
  const day = addDays(closing.untilDay, -1);
  await db.write(async (tx) => {
    const used = await tx.find<{
      hardware: number;
      workload: number;
    }>(sql`select c.hardware_key as hardware, c.workload_key as workload
      from charges c where c.day = ${day} and c.team_key = ${TEAM} order by c.quantity desc limit 1`);
    const of = (workload: number) =>
      sql`day = ${day} and hardware_key = ${used?.hardware ?? 0} and workload_key = ${workload}`;
    await tx.run(sql`update usage_days set unallocated_milli = unallocated_milli - 3600000 where ${of(0)}`);
    await tx.run(sql`update usage_days set active_milli = active_milli + 3600000 where ${of(used?.workload ?? 0)}`);
    await tx.run(sql`update metered_days set revision = revision + 1 where day = ${day}`);
  });
  const ctx = { db, now: () => now, viewer: jobViewer("e2e"), log: silentLog, ledger: testLedger() };
  const money = { currency: "USD", billingTimeZone: "UTC" };
  await chargeDue(ctx, money);
  expect(await correctDue(ctx, money)).toBe(1);
  await db.close();
  await page.goto(at(baseURL, `/statements/${next.id}/${TEAM}`));
  await expect(page.getByText(`correction of ${closing.id}`).first()).toBeVisible();
  await expect(page.getByText("late usage").first()).toBeVisible();
  await expect(page.getByText(new RegExp(`corrects GL-${closing.id}-`)).first()).toBeVisible();
  await page.goto(at(baseURL, `/reconciliation?of=${closing.id}`));
  await page.getByRole("link", { name: `Prove ${closing.id}` }).click();
  await expect(
    page.getByText(/It adds up: \d+ sums of capacity × rate with a residual of 0, \d+ statements proven/),
  ).toBeVisible();
});
