import { readFile } from "node:fs/promises";
import { expect, test } from "./fixtures/test.ts";

test("spend narrows to a team, and its parts lead on", async ({ page }) => {
  await page.goto("/spend?period=last-7-days");
  await expect(page.getByRole("heading", { name: "Spend", level: 1 })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Why it changed" })).toBeVisible();
  await page.getByRole("combobox", { name: "Team" }).selectOption({ label: "Foundation" });
  await expect(page.getByRole("heading", { name: "Spend of Foundation" })).toBeVisible();
  await expect(page).toHaveURL(/team=\d+/);
  await page.getByRole("link", { name: "Month" }).click();
  await expect(page).toHaveURL(/grain=month/);
  await page.getByText("Show as table").first().click();
  await expect(page.getByRole("columnheader", { name: "Together" })).toBeVisible();
});

test("a report of cost has the same total as the page", async ({ page }) => {
  // Other journeys change prices and rules of the same ledger meanwhile: between two changes both say the same.
  await expect(async () => {
    await page.goto("/spend?period=last-7-days");
    const total = await page.locator("dt:text-is('Total') + dd [title$=' USD']").getAttribute("title");
    await page.goto("/reports/cost-by-team?period=last-7-days");
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "CSV" }).click();
    const [, ...rows] = (await readFile(await (await download).path(), "utf8")).trim().split("\r\n");
    const sum = rows.reduce((micros, row) => micros + Math.round(Number(row.split(",")[3]) * 1e6), 0);
    expect(`${(sum / 1e6).toFixed(6)} USD`).toBe(total);
  }).toPass({ timeout: 60_000 });
});

test("an amount leads to its formula, and a workload's day to its samples", async ({ page, request }) => {
  await page.goto("/spend?period=last-7-days");
  await page
    .getByRole("link", { name: /explain this number/ })
    .first()
    .click();
  await expect(page).toHaveURL(/\/explain\?/);
  await expect(page.getByRole("heading", { name: "Formula" })).toBeVisible();
  await expect(page.getByRole("link", { name: "version 1" }).first()).toBeVisible();
  const answer = await request.get(String(await page.getByRole("link", { name: "As JSON" }).getAttribute("href")));
  const body = (await answer.json()) as {
    totalMicros: number;
    lines: { amountMicros: number }[];
    shares: { amountMicros: number }[];
  };
  expect([...body.lines, ...body.shares].reduce((sum, l) => sum + l.amountMicros, 0)).toBe(body.totalMicros);
});
