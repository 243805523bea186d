import { readFile } from "node:fs/promises";
import { expect, test } from "./fixtures/test";

test("sorts, pages and keeps both in the address", async ({ page }) => {
  await page.goto("/workloads?period=last-30-days");
  const rows = page.locator("tbody tr");
  await expect(rows).toHaveCount(50);
  await page.getByRole("link", { name: "Idle GPU-h" }).click();
  await expect(page).toHaveURL(/sort=idle&dir=desc/);
  await expect(page.getByRole("columnheader", { name: "Idle GPU-h" })).toHaveAttribute("aria-sort", "descending");
  const first = await rows.first().textContent();
  await page.getByRole("link", { name: "Next page" }).click();
  await expect(page).toHaveURL(/page=2/);
  await expect(page.getByText(/^51–100 of/)).toBeVisible();
  await expect(rows.first()).not.toHaveText(first ?? "");
});

test("filters and searches, and says how many match", async ({ page }) => {
  await page.goto("/workloads?period=last-30-days");
  await page.getByLabel("Project").selectOption({ label: "llm-pretraining (prod-fra)" });
  await expect(page).toHaveURL(/project=1/);
  await page.getByRole("searchbox").fill("notebook");
  await expect(page).toHaveURL(/q=notebook/);
  await expect(page.locator("tbody tr").first()).toContainText("notebook");
  await expect(page.locator("tbody tr").first()).toContainText("llm-pretraining");
  await page.getByRole("searchbox").fill("100%_of\\nothing");
  await expect(page.getByText("No workload matches")).toBeVisible();
  await page.getByRole("link", { name: "Clear" }).click();
  await expect(page.locator("tbody tr")).toHaveCount(50);
});

test("the download is what is shown: same filter, order and columns", async ({ page }) => {
  await page.goto("/workloads?period=last-30-days&heavy=idle&sort=idle&dir=desc&cols=name,project,idle");
  const shown = await page.locator("tbody tr td:first-child").allTextContents();
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "CSV" }).click();
  const text = await readFile(await (await download).path(), "utf8");
  const lines = text.trim().split("\r\n");
  expect(lines[0]).toBe("workload,workload_id,cluster,project,gpu_hours_idle");
  expect(lines.slice(1, shown.length + 1).map((l) => l.split(",")[0])).toEqual(shown);
});

test("columns can be chosen", async ({ page }) => {
  await page.goto("/workloads?period=last-30-days");
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("checkbox", { name: "GPU model" }).check();
  await expect(page.getByRole("columnheader", { name: "GPU model" })).toBeVisible();
  await expect(page).toHaveURL(/cols=/);
});

test("a workload that is not there is not found", async ({ page, expectedErrors }) => {
  expectedErrors.push(/404/);
  const answer = await page.goto("/workloads/99999999");
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole("heading", { name: "There is nothing here" })).toBeVisible();
});
