import { DAY, dateOf } from "@/lib/time.ts";
import { expect, test, violationsOf } from "./fixtures/test.ts";

test.describe.configure({ mode: "serial" });

test("prices are proposed, tried out, approved and in force", async ({ page }) => {
  await page.goto("/prices/propose");
  await page
    .getByRole("textbox", { name: "GPU model" })
    .or(page.getByRole("combobox", { name: "GPU model" }))
    .fill("H100");
  await page.locator('[name="drafts.1.unit_price"]').fill("a lot");
  await page.locator("[name=title]").first().fill("Dearer H100");
  await page.getByRole("button", { name: "Propose, and see what it changes" }).click();
  await expect(page.getByText(/^"a lot" is no price/)).toBeVisible();

  await page.locator('[name="drafts.1.unit_price"]').fill("3.25");
  // In the first hour of a month, nothing of it is metered.
  await page.locator('[name="drafts.1.effective_from"]').fill(dateOf(Date.now() / 1000 - 3 * DAY, "UTC"));
  await page.getByRole("button", { name: "Propose, and see what it changes" }).click();
  await expect(page.getByRole("heading", { name: "Dearer H100" })).toBeVisible();
  await expect(page.getByText("Proposed").first()).toBeVisible();
  await page.goto(`${new URL(page.url()).pathname}?period=last-7-days`);
  await expect(page.getByText(/By team: \d+ would pay more, 0 less/).first()).toBeVisible();
  expect(await violationsOf(page)).toEqual([]);

  await page.getByRole("button", { name: "Approve…" }).click();
  await expect(page.getByText("The prices become the next version of the book.")).toBeVisible();
  await page.getByRole("textbox", { name: "Reason" }).fill("agreed");
  await page.getByRole("button", { name: "Approve", exact: true }).click();
  await expect(page.getByText("approved", { exact: true })).toBeVisible();
  await page.goto("/prices");
  await expect(page.getByRole("region", { name: "Prices in force: table" }).getByText("3.25").first()).toBeVisible();
  await expect(page.getByText("approved (own proposal)").first()).toBeVisible();
});

test("a list price becomes a line with one click", async ({ page }) => {
  await page.goto("/prices/propose");
  await page.getByLabel(/Search by model/).fill("a2-highgpu-8g us-central1");
  await page.getByRole("button", { name: /Use 3.673385 USD of gcp a2-highgpu-8g$/ }).click();
  await expect(page.locator('[name="drafts.1.unit_price"]')).toHaveValue("3.673385");
  await expect(page.getByText(/list price of gcp a2-highgpu-8g/)).toBeVisible();
});

test("a catalogue of list prices is imported, searched, used and removed", async ({ page }) => {
  await page.goto("/prices/propose");
  const file = (price: string) => ({
    name: "acme.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(`cloud,instance,gpu_model,gpus,on_demand\nacme,quad-h100,H100 80GB,4,${price}\n`),
  });
  await page.getByLabel("Price list (CSV)").setInputFiles(file("a lot"));
  await page.getByLabel("Source, where it does not say").fill("acme.example");
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByText(/Line 2, on demand: "a lot" is no price/)).toBeVisible();
  await page.getByLabel("Price list (CSV)").setInputFiles(file("9"));
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByText("Imported 1 list price of acme.csv.")).toBeVisible();

  await page.getByLabel(/Search by model/).fill("quad-h100");
  await page.getByRole("button", { name: "Use 2.25 USD of acme quad-h100" }).click();
  await expect(page).toHaveURL(/q=quad-h100/);
  await expect(page.locator('[name="drafts.1.unit_price"]')).toHaveValue("2.25");
  await expect(page.getByText(/list price of acme quad-h100/)).toBeVisible();
  expect(await violationsOf(page)).toEqual([]);

  await page.getByText("Remove", { exact: true }).click();
  await page.getByRole("button", { name: "Remove the catalogue" }).click();
  await expect(page.getByRole("cell", { name: "acme.csv" })).toBeHidden();
});

test("a file with a mistake is refused at its line", async ({ page }) => {
  await page.goto("/prices/propose");
  const csv = "kind,match,unit_price,effective_from\ngpu,H100,free,2026-10-01\n";
  await page
    .getByLabel("File", { exact: true })
    .setInputFiles({ name: "p.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
  await page.getByRole("button", { name: "Propose the file's prices" }).click();
  await expect(page.getByText(/Line 2, unit price: "free" is no price/)).toBeVisible();
});
