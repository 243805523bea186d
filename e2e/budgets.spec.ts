import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { parse } from "csv-parse/sync";
import { runLedger } from "@/cli/testing.ts";
import { startMailServer } from "@/lib/mail/testing-server.ts";
import { PASSWORD, PEOPLE, PEOPLE_DATABASE } from "./fixtures/people.ts";
import { expect, test, violationsOf } from "./fixtures/test.ts";

/** The server on which people sign in. */
const BASE = `http://127.0.0.1:${Number(process.env.E2E_PORT ?? 3490) + 3}`;
test.use({ baseURL: BASE });
test.describe.configure({ mode: "serial" });

async function signIn(page: Page, email: string, to: string): Promise<void> {
  await page.goto(to);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}
const MICROS = 1e6;

interface Outlook {
  readonly name: string;
  readonly spent: number;
  readonly status: string;
  readonly chance_percent: number | null;
  readonly sentence: string;
}
const outlooks = async (page: Page, query = ""): Promise<Outlook[]> =>
  ((await (await page.request.get(`/api/v1/budgets${query}`)).json()) as { rows: Outlook[] }).rows;

test("a manager sets a budget and sees when it will be passed", async ({ page }) => {
  await signIn(page, PEOPLE.manager, "/budgets");
  await expect(page.getByRole("heading", { name: "Budgets & forecast", level: 1 })).toBeVisible();
  const table = page.getByRole("region", { name: "Budgets", exact: true });
  await expect(table.getByRole("row")).toHaveCount(2);
  await expect(table.getByRole("row", { name: /Foundation/ })).toContainText("No budget");
  // Seven tenths of what twelve days have cost on average, from today to the end of the fiscal year.
  const [team] = await outlooks(page, "?span=year&scope=team:11");
  const amount = ((team?.spent ?? 0) / 12) * 365 * 0.7;
  await page.getByLabel("Amount").fill("much");
  await page.getByRole("button", { name: "Save budget" }).click();
  await expect(page.getByText('"much" is not an amount')).toBeVisible();
  await page.getByLabel("Amount").fill(amount.toFixed(2));
  await page.getByLabel("for each").first().selectOption("year");
  await page.getByLabel("From", { exact: true }).first().fill(new Date().toISOString().slice(0, 10));
  await page.getByLabel("Reason (audit log)").first().fill("agreed with finance");
  await page.getByRole("button", { name: "Save budget" }).click();
  await expect(page.getByText("Budget saved.")).toBeVisible();
  await expect(table.getByRole("row", { name: /Foundation/ })).toContainText(/Critical|Exceeded/);
  // What is sent next is what was saved: the period, too. The list of versions is drawn again together with the form.
  await page.goto("/budgets/team%3A11");
  const period = page.getByLabel("for each").first();
  const newest = page.getByRole("region", { name: "Versions", exact: true }).getByRole("row").nth(1);
  for (const [value, text] of [
    ["quarter", "quarter"],
    ["year", "fiscal year"],
  ] as const) {
    await period.selectOption(value);
    await page.getByRole("button", { name: "Save budget" }).click();
    await expect(newest).toContainText(text);
    await expect(period).toHaveValue(value);
  }
  await page.goto("/budgets");
  const sentence = page.getByRole("list", { name: "Needs a look" }).getByRole("link");
  await expect(sentence).toHaveText(/^Foundation (will pass its budget about .+, .+ in \d+\.|passed its budget on )/);

  await sentence.click();
  await expect(page.getByRole("heading", { name: "Foundation: budget and forecast", level: 1 })).toBeVisible();
  await expect(page.getByText(/4 in 5/)).toBeVisible();
  await expect(page.getByRole("figure")).toContainText(/passed (about|on) \d+ \w+/);
  await expect(page.getByRole("heading", { name: "How good the forecast is" })).toBeVisible();
  expect(await violationsOf(page)).toEqual([]);
});

test("the manager is sent one e-mail of it, opens it, and finds what it was spent on", async ({ page }) => {
  const mail = await startMailServer();
  try {
    await signIn(page, PEOPLE.manager, "/alerts/rules?kind=budget-status&team=11");
    await page.getByRole("button", { name: "Add rule", exact: true }).click();
    await expect(page.getByText("Rule added.", { exact: false })).toBeVisible();
    const once = () =>
      runLedger(["alerts", "--once"], {
        ...{ DATABASE_URL: `file:./${PEOPLE_DATABASE}`, NEXTAUTH_URL: BASE, SMTP_URL: mail.url },
        MAIL_FROM: "ledger@example.com",
      });
    expect(await once()).toMatchObject({ code: 0 });
    expect(await once()).toMatchObject({ code: 0 });
    expect(mail.mails.map((m) => m.to)).toEqual([[PEOPLE.manager]]);
    const text = (mail.mails[0]?.text ?? "").replaceAll("=\r\n", "").replaceAll("=3D", "=").replaceAll("\r", "");
    expect(text).toMatch(/^Subject: .*(Warning|Critical).*Foundation/m);
    expect(text).toMatch(/Foundation (will pass|passed) its budget/);
    expect(text).toContain("Content-Type: image/png");

    await page.goto(/^http:\S+budgets\S+$/m.exec(text)?.[0] as string);
    await expect(page.getByText(/pass(ed)? its budget/).first()).toBeVisible();
    await page.getByRole("link", { name: "What it was spent on" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Spend of Foundation" })).toBeVisible();
    await expect(page.getByRole("link", { name: "llm-pretraining" }).first()).toBeVisible();
    expect(await violationsOf(page)).toEqual([]);
  } finally {
    await mail.close();
  }
});

test("something planned changes the forecast, and can be taken back", async ({ page }) => {
  await signIn(page, PEOPLE.manager, "/budgets/team:11");
  await page.getByLabel("What is planned").fill("Everything stops");
  await page.getByLabel("Changes cost by %").fill("-100");
  await page.getByRole("button", { name: "Plan", exact: true }).click();
  await expect(page.getByText("Planned. The forecast takes it into account.")).toBeVisible();
  await expect(page.getByText(/^Foundation (stays within|may pass|passed) its budget/)).toBeVisible();
  await page.getByRole("button", { name: "Remove" }).click();
  await expect(page.getByText("Nothing is planned.")).toBeVisible();
});

test("the file has what the page shows; finance sees every team, and an engineer none", async ({ page, context }) => {
  await signIn(page, PEOPLE.finance, "/budgets");
  const started = page.waitForEvent("download");
  await page.getByRole("region", { name: "Budgets", exact: true }).getByRole("link", { name: /CSV/ }).click();
  const rows = parse(await readFile(await (await started).path()), { columns: true }) as Record<string, string>[];
  expect(rows.map((r) => r.scope)).toEqual(expect.arrayContaining(["Everything", "Foundation", "Search"]));
  const [team] = await outlooks(page, "?scope=team:11");
  expect(rows.find((r) => r.scope === "Foundation")?.status).toBe(team?.status);
  expect(Math.round(Number(rows.find((r) => r.scope === "Foundation")?.spent_usd) * MICROS)).toBe(
    Math.round((team?.spent ?? 0) * MICROS),
  );
  await context.clearCookies();
  await signIn(page, PEOPLE.engineer, "/account");
  await expect(page.getByRole("heading", { name: "Account", level: 1 })).toBeVisible();
  expect((await page.request.get("/api/v1/budgets")).status()).toBe(403);
  await expect(
    page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Budgets & forecast" }),
  ).toHaveCount(0);
});
