import { readFile } from "node:fs/promises";
import { expect, test } from "./fixtures/test.ts";

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
  await page.getByRole("combobox", { name: "Project" }).selectOption({ label: "llm-pretraining (prod-fra)" });
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

test("a filter that names nothing is reported, not shown as chosen, and refused to a download", async ({ page }) => {
  await page.goto(
    "/workloads?period=last-30-days&project=nonsense&phase=running&category=x&heavy=lazy&sort=weight&cols=name,size&proyect=1",
  );
  const notice = page.getByRole("status").filter({ hasText: "There is no project" });
  for (const sentence of [
    'There is no project "nonsense". Every project is shown.',
    'There is no phase "running". Every phase is shown. Did you mean "Running"?',
    'There is no category "x". Every category is shown. There are: Build, Deploy, Train.',
    '"lazy" is no heavy of this page. Workloads of any class are shown.',
    '"weight" is no sort of this page. Sorted by GPU-hours.',
    'There is no column "size".',
    'This page does not know "proyect". Did you mean "project"?',
  ])
    await expect(notice).toContainText(sentence);
  for (const label of ["Project", "Phase", "Category", "Class"])
    await expect(page.getByRole("combobox", { name: label, exact: true })).toHaveValue("");
  const refused = await page.request.get("/download/workloads?project=nonsense");
  expect(refused.status()).toBe(400);
  expect((await refused.json()).error.message).toContain('There is no project "nonsense"');
});

test("beyond the end of the list there is a way back", async ({ page }) => {
  await page.goto("/workloads?period=last-30-days&page=99999999");
  await expect(page.getByText(/There is no page 99.999.999: the list ends with page/)).toBeVisible();
  await page.getByRole("link", { name: "To the last page" }).click();
  await expect(page.getByText(/^Page \d+ of \d+$/)).toBeVisible();
  await expect(page.locator("tbody tr").first()).toBeVisible();
  await page.goto("/workloads?period=last-30-days&page=-3");
  await expect(page.getByText('"-3" is no page of a list. This is the first.')).toBeVisible();
  await expect(page.getByText(/^1–50 of/)).toBeVisible();
});

test("a narrow list has two-line rows with its main figure beside the name; a wider one scrolls below it", async ({
  page,
}) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto("/workloads?period=last-30-days");
  const name = page.locator("tbody td").first();
  const figure = page.locator("tbody tr").first().getByRole("cell").nth(5);
  await expect(figure).toBeInViewport();
  const [left, right] = [await name.boundingBox(), await figure.boundingBox()];
  expect(Math.abs((left?.y ?? 0) - (right?.y ?? 99))).toBeLessThan(12);
  const table = page.getByRole("region", { name: "Workloads: table" });
  expect(await table.evaluate((node) => node.scrollWidth <= node.clientWidth)).toBe(true);
  await expect(
    table.getByRole("row").nth(1).getByText("Running").or(table.getByText("Completed").first()),
  ).toBeVisible();
  // A table between a phone and a desktop scrolls, and its first column stays.
  await page.setViewportSize({ width: 700, height: 740 });
  await table.evaluate((node) => node.scrollTo({ left: 300 }));
  await expect(name.getByRole("link")).toBeInViewport();
  expect(await table.evaluate((node) => getComputedStyle(node).backgroundImage)).toContain("linear-gradient");
});

test("columns can be chosen", async ({ page }) => {
  await page.goto("/workloads?period=last-30-days");
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("checkbox", { name: "GPU model" }).check();
  await expect(page.getByRole("columnheader", { name: "GPU model" })).toBeVisible();
  await expect(page).toHaveURL(/cols=/);
});

test("the timeline shows days and times, and the pods are a file", async ({ page }) => {
  await page.goto("/workloads?period=last-30-days&sort=gpu-hours&dir=desc");
  await page.locator("tbody a").first().click();
  await expect(page.getByRole("heading", { name: "Timeline" })).toBeVisible();
  const axis = page.locator(".chart-wide > span");
  await expect(axis.first()).toHaveText(/^\d{1,2} [A-Z][a-z]{2,3}(, \d\d:\d\d)?$/);
  // The figures under the pointer come with the pointer.
  const loaded = await page.evaluate(() => document.querySelector(".recharts-wrapper"));
  expect(loaded).toBeNull();
  await page.locator(".chart").first().hover();
  await page.locator(".recharts-surface").first().hover();
  await expect(page.locator(".recharts-tooltip-wrapper").first()).toContainText("GPU-h");
  const href = await page.getByRole("link", { name: "CSV of pods" }).getAttribute("href");
  const lines = (await (await page.request.get(href ?? "")).text()).trim().split("\r\n");
  expect(lines[0]).toBe("pod,pod_id,node,phase,gpus,started_at,held_seconds");
  const pods = page.getByRole("region", { name: "Pods: table" });
  expect(lines.slice(1).map((l) => l.split(",")[0])).toEqual(
    await pods.locator("tbody td:first-child").allTextContents(),
  );
});

test("a workload that is not there is not found", async ({ page, expectedErrors }) => {
  expectedErrors.push(/404/);
  const answer = await page.goto("/workloads/99999999");
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole("heading", { name: "There is nothing here" })).toBeVisible();
});
