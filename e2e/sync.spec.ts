import { expect, test } from "./fixtures/test.ts";

test.describe.configure({ mode: "serial" });

const DAY_MS = 86_400_000;
/** Two days, of which the sources keep the second. */
const first = new Date(Date.now() - 31 * DAY_MS);
const after = new Date(Date.now() - 29 * DAY_MS);
const isoDay = (date: Date) => date.toISOString().slice(0, 10);
const shown = (date: Date) => date.toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });

test("a backfill is previewed, asked for, cancelled and resumed", async ({ page }) => {
  await page.goto("/sync");
  await page.locator("[name=backfillFrom]").fill(isoDay(first));
  await page.getByLabel("Up to, not including").fill(isoDay(after));
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(page.getByText("What this will do")).toBeVisible();
  await expect(page.getByText(/Meter 48 buckets again/)).toBeVisible();
  await expect(page.getByText(/Part of this is older than/)).toBeVisible();
  await page.getByRole("button", { name: "Start the backfill" }).click();

  const bar = page.getByRole("progressbar", { name: new RegExp(`${shown(first)}, .* to ${shown(after)}, `) });
  await expect(bar).toBeVisible();
  await page.getByRole("button", { name: `Cancel the backfill of ${shown(first)}` }).click();
  await expect(page.getByText("Cancelled. What was read stays.")).toBeVisible();
  await page.getByRole("button", { name: `Resume the backfill of ${shown(first)}` }).click();
  await expect(page.getByRole("button", { name: `Cancel the backfill of ${shown(first)}` })).toBeVisible();
});

test("the running one shows how far it is", async ({ page }) => {
  await page.goto("/sync");
  const bar = page.getByRole("progressbar").last();
  expect(Number(await bar.getAttribute("aria-valuenow"))).toBeGreaterThan(0);
  await expect(page.getByText(/windows, .* samples/).first()).toBeVisible();
});

test("an impossible range is refused in words", async ({ page }) => {
  await page.goto("/sync?backfillFrom=2026-03-04&backfillTo=2026-03-02");
  await expect(page.getByText("The range is empty: 2026-03-04 is not before 2026-03-02.")).toBeVisible();
});

for (const [from, to, sentence] of [
  ["0001-01-01", "2026-03-02", "0001-01-01 is before the year 2000: check the year."],
  ["2016-03-02", "2026-03-02", "is more than any source keeps: choose a range of at most 1100 d."],
  ["2090-01-01", "2090-02-01", "is in the future: there is nothing to read yet."],
  ["2026-03-02", "2026-03-04", "The whole range is older than the 30 d that the sources keep"],
  ["2026-02-30", "2026-03-04", '"2026-02-30" is not a date of the calendar.'],
] as const)
  test(`a backfill of ${from} to ${to} is refused before anything runs`, async ({ page }) => {
    await page.goto(`/sync?backfillFrom=${from}&backfillTo=${to}`);
    await expect(page.getByText(sentence)).toBeVisible();
    await expect(page.getByText("What this will do")).toBeHidden();
  });

test("sync now leaves a request, and gaps can be filtered by cause", async ({ page }) => {
  await page.goto("/sync");
  await page.getByRole("button", { name: "Sync now" }).click();
  await expect(page.getByText("Asked for a sync.", { exact: false })).toBeVisible();
  await page.getByRole("combobox", { name: "Cause of gaps" }).selectOption("no series");
  await expect(page).toHaveURL(/cause=no\+series/);
  await expect(page.getByRole("region", { name: "Gaps" }).last().locator("tbody tr")).toHaveCount(1);
});

test("gaps and runs are sorted, their columns chosen, and downloaded as they are shown", async ({ page }) => {
  await page.goto(
    "/sync?sort=length&dir=desc&cols=from,length,cause&runs-sort=took&runs-dir=desc&runs-cols=started,took",
  );
  const gaps = page.getByRole("region", { name: "Gaps: table" });
  await expect(gaps.getByRole("columnheader", { name: "Length" })).toHaveAttribute("aria-sort", "descending");
  await expect(gaps.getByRole("columnheader")).toHaveCount(3);
  const causes = await gaps.locator("tbody td:nth-child(3)").allTextContents();
  const file = await page.request.get(
    (await page.getByRole("link", { name: "CSV of gaps" }).getAttribute("href")) ?? "",
  );
  const lines = (await file.text()).trim().split("\r\n");
  expect(lines[0]).toBe("from,to,seconds,cause");
  expect(lines.slice(1).map((l) => l.split(",")[3])).toEqual(causes);
  const runs = page.getByRole("region", { name: "Sync runs: table" });
  await expect(runs.getByRole("columnheader")).toHaveCount(2);
  await runs.getByRole("link", { name: "Took" }).click();
  await expect(page).toHaveURL(/runs-sort=took&runs-dir=asc/);
  for (const table of ["runs", "backfills"])
    expect((await page.request.get(`/download/${table}`)).headers()["content-type"]).toContain("text/csv");
  expect((await page.request.get("/download/nothing")).status()).toBe(404);
});

test("an unknown status of gaps is reported", async ({ page }) => {
  await page.goto("/sync?status=lost&runs-sort=colour");
  await expect(page.getByText('"lost" is no status of this page. Gaps of any status are shown.')).toBeVisible();
  await expect(page.getByText('"colour" is no runs-sort of this page.')).toBeVisible();
  await expect(page.getByRole("combobox", { name: "Status of gaps" })).toHaveValue("");
});

test("a source that is not set says what to set when it is tested", async ({ page }) => {
  await page.goto("/sync");
  await page.getByRole("button", { name: "Test the connections" }).click();
  await expect(page.getByText("Not configured: set RUNAI_URL, RUNAI_APP_ID and RUNAI_APP_SECRET.")).toBeVisible();
});
