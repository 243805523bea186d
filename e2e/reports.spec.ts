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
  const shown = await page.locator("tbody tr td:nth-child(1)").allTextContents();
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

test("a ranking begins with its largest rows, on the page and in its file, which has every column", async ({
  page,
}) => {
  await page.goto("/reports/usage-by-project?period=last-7-days");
  await expect(page.getByText(/by GPU hours allocated/)).toBeVisible();
  const shown = await page.locator("tbody tr td:nth-child(1)").allTextContents();
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "CSV" }).click();
  const [head = "", ...lines] = (await readFile(await (await download).path(), "utf8")).trim().split("\r\n");
  expect(head).toContain("cluster,department,project,gpu_model,workloads,gpu_hours_allocated");
  expect(lines.map((l) => l.split(",")[2])).toEqual(shown.map((t) => (t === "–" ? "" : t)));
});

test("rows of a report are named by their workload and lead to it, with amounts in their currency", async ({
  page,
}) => {
  await page.goto("/reports/idle-cost?period=last-30-days");
  const row = page.locator("tbody tr").first();
  await expect(page.getByRole("columnheader").first()).toContainText("Workload");
  await expect(row.getByRole("link").first()).toHaveAttribute("href", /^\/workloads\/\d+/);
  await expect(row.getByText(/^\$[\d,]+\.\d\d$/).first()).toBeVisible();
  // What the page of another adds is in no file: programs read its columns.
  const file = await page.request.get("/reports/suspicious/download?period=last-30-days");
  expect((await file.text()).split("\r\n")[0]).toBe(
    "Project,Job Name,Issue Type,Description,Value,Timestamp,Duration (Hours)",
  );
});

test("a filter narrows page and download alike", async ({ page }) => {
  await page.goto("/reports/usage-by-project?period=last-7-days");
  await page.getByRole("combobox", { name: "Project" }).selectOption("speech");
  await expect(page).toHaveURL(/project=speech/);
  await expect(page.locator("tbody tr").first()).toContainText("speech");
  expect(await page.getByRole("link", { name: "JSON" }).getAttribute("href")).toContain("project=speech");
});
