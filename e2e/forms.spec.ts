import type { Browser, Page } from "@playwright/test";
import { expect, test, violationsOf } from "./fixtures/test.ts";

/** A page of a browser that runs no script. */
async function scriptless(browser: Browser, path: string, baseURL: string | undefined): Promise<Page> {
  const page = await browser.newPage({ javaScriptEnabled: false, ...(baseURL ? { baseURL } : {}) });
  await page.goto(path);
  return page;
}

test("what is wrong stands at the field: Enter sends, and the first field to correct has the focus", async ({
  page,
}) => {
  await page.goto("/teams");
  await page.waitForLoadState("networkidle");
  await page.getByRole("textbox", { name: "Cost centre" }).fill("CC-77");
  await page.keyboard.press("Enter");
  const name = page.getByRole("textbox", { name: "Name" });
  await expect(name).toBeFocused();
  await expect(name).toHaveAttribute("aria-invalid", "true");
  await expect(name).toHaveAccessibleDescription("A team needs a name.");
  await expect(page.getByText("Not saved: one field needs a correction.")).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Cost centre" })).toHaveValue("CC-77");
  expect(await violationsOf(page)).toEqual([]);
  await page.keyboard.type("Foundation");
  await page.keyboard.press("Enter");
  await expect(name).toHaveAccessibleDescription("There is a team Foundation already.");
  await expect(name).toBeFocused();
});

test("several problems are shown at once, each at its field, and what was typed stays", async ({ page }) => {
  await page.goto("/prices/propose");
  await page.waitForLoadState("networkidle");
  const price = page.locator('[name="drafts.1.unit_price"]');
  await price.fill("a lot");
  await page.locator('[name="drafts.1.currency"]').fill("XX");
  await page.locator('[name="note"]').fill("as agreed");
  await page.keyboard.press("Enter");
  await expect(price).toBeFocused();
  await expect(price).toHaveAccessibleDescription(/"a lot" is no price/);
  await expect(page.locator('[name="drafts.1.currency"]')).toHaveAttribute("aria-invalid", "true");
  await expect(page.locator('[name="title"]').first()).toHaveAccessibleDescription(/Give the proposal a title/);
  await expect(price).toHaveValue("a lot");
  await expect(page.locator('[name="note"]')).toHaveValue("as agreed");
  expect(await violationsOf(page)).toEqual([]);
});

test("a rate is refused at its field, one after the other", async ({ page }) => {
  await page.goto("/prices");
  await page.waitForLoadState("networkidle");
  await page.locator('[name="currency"]').fill("EUR");
  await page.locator('[name="rate"]').fill("free");
  await page.keyboard.press("Enter");
  await expect(page.locator('[name="rate"]')).toBeFocused();
  await expect(page.locator('[name="rate"]')).toHaveAccessibleDescription(/"free" is no exchange rate/);
  await page.locator('[name="rate"]').fill("1.08");
  await page.keyboard.press("Enter");
  await expect(page.locator('[name="source"]')).toBeFocused();
  await expect(page.locator('[name="source"]')).toHaveAccessibleDescription(/Say where the rate is from/);
});

test("a range that cannot be is refused at its field", async ({ page }) => {
  await page.goto("/sync?backfillFrom=2026-03-04&backfillTo=2026-03-02");
  await expect(page.getByRole("textbox", { name: "Up to, not including" })).toHaveAccessibleDescription(
    /The range is empty/,
  );
  expect(await violationsOf(page)).toEqual([]);
});

test("a rule says at the field what is wrong with it", async ({ page }) => {
  await page.goto("/teams/rules?act=add&kind=label&label=no%20key&pattern=x&team=11&day=2026-11-01");
  await expect(page.getByRole("textbox", { name: "Label" })).toHaveAccessibleDescription(/is not the key of a label/);
});

test("without a script a form is refused at its field and keeps what was typed", async ({ browser, baseURL }) => {
  const page = await scriptless(browser, "/teams", baseURL);
  await page.getByRole("textbox", { name: "Cost centre" }).fill("CC-78");
  await page.getByRole("button", { name: "Create team" }).click();
  const name = page.getByRole("textbox", { name: "Name" });
  await expect(name).toHaveAccessibleDescription("A team needs a name.");
  await expect(page.getByRole("textbox", { name: "Cost centre" })).toHaveValue("CC-78");
  await page.close();
});

test("without a script lists sort, page and choose their columns, and a chart has its table", async ({
  browser,
  baseURL,
}) => {
  const page = await scriptless(browser, "/workloads?period=last-30-days", baseURL);
  await page.getByRole("link", { name: "Idle GPU-h" }).click();
  await expect(page).toHaveURL(/sort=idle&dir=desc/);
  await expect(page.getByRole("columnheader", { name: "Idle GPU-h" })).toHaveAttribute("aria-sort", "descending");
  await page.getByRole("link", { name: "Next page" }).click();
  await expect(page.getByText(/^51–100 of/)).toBeVisible();
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("checkbox", { name: "User" }).uncheck();
  await page.getByRole("button", { name: "Show these columns" }).click();
  await expect(page.getByRole("columnheader", { name: "User" })).toBeHidden();
  await expect(page.getByRole("columnheader", { name: "Project" })).toBeVisible();
  await page.goto("/?period=last-7-days");
  await page.getByRole("link", { name: "Show as table" }).first().click();
  await expect(page.getByRole("columnheader", { name: "Active" })).toBeVisible();
  await page.close();
});

test("every list of a page has the file of what it shows", async ({ page }) => {
  for (const path of ["/teams", "/prices", "/statements", "/costs", "/sync", "/projects", "/gpus?view=table"]) {
    await page.goto(path);
    for (const link of await page.getByRole("link", { name: /^CSV of the|^CSV of/ }).all()) {
      const address = (await link.getAttribute("href")) ?? "";
      const answer = await page.request.get(address);
      expect([address, answer.status()]).toEqual([address, 200]);
      expect(answer.headers()["content-type"]).toContain("text/csv");
    }
  }
});
