import { readFile } from "node:fs/promises";
import { expect, test } from "./fixtures/test.ts";

test("each report has a page, and its CSV the same rows", async ({ page }) => {
  await page.goto("/reports?period=last-7-days");
  const links = page.getByRole("main").getByRole("heading", { level: 3 });
  expect(await links.count()).toBeGreaterThan(4);
  await page.getByRole("link", { name: "Usage by project" }).click();
  await expect(page.getByRole("heading", { name: "Usage by project", level: 1 })).toBeVisible();
  const rows = page.locator("tbody tr");
  const count = await rows.count();
  expect(count).toBeGreaterThan(5);
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "CSV" }).click();
  const text = await readFile(await (await download).path(), "utf8");
  expect(text.trim().split("\r\n")).toHaveLength(count + 1);
});

test("a report is sorted, its columns chosen, and downloaded as it is shown", async ({ page }) => {
  await page.goto("/reports/usage-by-project?period=last-7-days&cols=project,gpu_hours_allocated,gpu_model");
  await page.getByRole("link", { name: "GPU hours allocated" }).click();
  // It is sorted by them already, the largest first: a click turns the order round.
  await expect(page).toHaveURL(/sort=gpu_hours_allocated&dir=asc/);
  const shown = await page.locator("tbody tr td:nth-child(2)").allTextContents();
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "CSV" }).click();
  const text = await readFile(await (await download).path(), "utf8");
  const lines = text.trim().split("\r\n");
  expect(lines[0]).toBe("cluster,project,gpu_model,gpu_hours_allocated");
  const cells = lines.slice(1).map((l) => l.split(","));
  expect(cells.map((c) => c[1])).toEqual(shown.map((t) => (t === "–" ? "" : t)));
  const hours = cells.map((c) => Number(c[3]));
  expect(hours).toEqual([...hours].sort((a, b) => a - b));
});

test("a filter narrows page and download alike", async ({ page }) => {
  await page.goto("/reports/usage-by-project?period=last-7-days");
  await page.getByRole("combobox", { name: "Project" }).selectOption("speech");
  await expect(page).toHaveURL(/project=speech/);
  await expect(page.locator("tbody tr").first()).toContainText("speech");
  expect(await page.getByRole("link", { name: "JSON" }).getAttribute("href")).toContain("project=speech");
});
