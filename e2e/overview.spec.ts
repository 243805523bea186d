import { expect, test } from "./fixtures/test.ts";

test("from the overview to a project to a workload, with the period kept", async ({ page }) => {
  await page.goto("/?period=last-7-days");
  await expect(page.getByRole("heading", { name: "Overview", level: 1 })).toBeVisible();
  const waterfall = page.getByRole("region", { name: "Where capacity went" }).first();
  await expect(waterfall.getByRole("row", { name: /Capacity/ })).toContainText("100");
  await expect(waterfall.getByRole("row", { name: /Unallocated/ })).toBeVisible();

  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Projects" }).click();
  await expect(page).toHaveURL(/\/projects\?period=last-7-days/);
  await page.getByRole("link", { name: "llm-pretraining" }).click();
  await expect(page.getByRole("heading", { name: "llm-pretraining", level: 1 })).toBeVisible();

  const first = page.getByRole("region", { name: "Workloads" }).last().locator("tbody a").first();
  const name = await first.textContent();
  await first.click();
  await expect(page.getByRole("heading", { name: name ?? "", level: 1 })).toBeVisible();
  await expect(page).toHaveURL(/period=last-7-days/);
  await expect(page.getByRole("heading", { name: "Timeline" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Pods" })).toBeVisible();
});

test("the classes of the waterfall add up to the capacity", async ({ page }) => {
  await page.goto("/?period=last-7-days");
  const exact = async (name: RegExp) => {
    const title = await page
      .getByRole("region", { name: "Where capacity went" })
      .last()
      .getByRole("row", { name })
      .locator("[title$='GPU-hours']")
      .getAttribute("title");
    return BigInt((title ?? "").replace(" GPU-hours", "").replace(".", ""));
  };
  const parts = [
    /^Down/,
    /^Unallocated/,
    /^Starting/,
    /^No data/,
    /^Dead idle/,
    /^Idle, memory/,
    /^Warm/,
    /^Inefficient/,
    /^Active/,
  ];
  let sum = 0n;
  for (const part of parts) sum += await exact(part);
  const difference = sum - (await exact(/^Capacity/));
  // Each figure is rounded to a millionth of an hour on its own.
  expect(difference < 10n && difference > -10n).toBe(true);
});

test("stacks by project, and the chart has its table", async ({ page }) => {
  await page.goto("/?period=last-7-days");
  await page.getByRole("navigation", { name: "Stack by" }).getByRole("link", { name: "Project" }).click();
  await expect(page).toHaveURL(/by=project/);
  await page.getByText("Show as table").first().click();
  await expect(page.getByRole("columnheader", { name: "assistant-serving" })).toBeVisible();
});

test("the period picker writes the address, also for days of one's own", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("button", { name: /Period/ }).click();
  await page.getByRole("link", { name: "Last 30 days" }).click();
  await expect(page).toHaveURL(/period=last-30-days/);
  await page.getByRole("button", { name: /Period/ }).click();
  await page.getByLabel("First day").fill("2026-01-01");
  await page.getByLabel("Last day").fill("2026-01-31");
  await page.getByRole("button", { name: "Show these days" }).click();
  await expect(page).toHaveURL(/from=2026-01-01&to=2026-02-01/);
  await expect(page.getByText("No GPU time is metered in this period")).toBeVisible();
  await expect(page.getByRole("button", { name: "Period: 1 Jan 2026 – 31 Jan 2026", exact: true })).toBeVisible();
  await page.getByRole("button", { name: /Period/ }).click();
  const month = page
    .locator("#period-menu")
    .getByRole("link", { name: /^[A-Z][a-z]{2} \d{4}$/ })
    .first();
  const name = (await month.textContent()) ?? "";
  await month.click();
  await expect(page).toHaveURL(/period=\d{4}-\d{2}$/);
  await expect(page.getByRole("button", { name: `Period: ${name}` })).toBeVisible();
});

test("an unknown cluster is reported, and not shown as chosen", async ({ page }) => {
  await page.goto("/?cluster=nonsense&by=colour");
  await expect(page.getByText('There is no cluster "nonsense". Every cluster is shown.')).toBeVisible();
  await expect(page.getByText('"colour" is no by of this page. Stacked by class.')).toBeVisible();
  await expect(page.getByRole("combobox", { name: "Cluster" })).toHaveValue("");
});

test("a period that cannot be read says so and shows this month", async ({ page }) => {
  await page.goto("/?period=fortnight");
  await expect(page.getByText(/"fortnight" is not a period/)).toBeVisible();
  await expect(page.getByRole("button", { name: /This month/ })).toBeVisible();
});
