import type { Locator, Page } from "@playwright/test";
import { expect, test } from "./fixtures/test.ts";

/** Keys count once the page's scripts run, which on a busy machine is a while after they have arrived. */
const pressUntilFocused = (page: Page, key: string, target: Locator) =>
  expect(async () => {
    await page.keyboard.press(key);
    await expect(target).toBeFocused({ timeout: 1000 });
  }).toPass();

test("the palette opens by keyboard, finds a project and goes there", async ({ page }) => {
  await page.goto("/help");
  const box = page.getByRole("combobox", { name: /Find/ });
  await pressUntilFocused(page, "Control+k", box);
  await box.fill("protein");
  await expect(page.getByRole("option", { name: /protein-folding/ }).first()).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "protein-folding", level: 1 })).toBeVisible();
});

test("the keys of the palette are those of the reader's machine", async ({ page, browser, baseURL }) => {
  await page.goto("/");
  await expect(page.getByRole("banner").getByText("Ctrl K")).toBeVisible();
  const mac = await browser.newContext({ userAgent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)" });
  const other = await mac.newPage();
  await other.goto(`${baseURL}/help`);
  await expect(other.getByRole("banner").getByText("⌘ K")).toBeVisible();
  await mac.close();
});

test("a slash goes to the search of the list, or opens the palette", async ({ page }) => {
  await page.goto("/workloads");
  await pressUntilFocused(page, "/", page.getByRole("searchbox"));
  await page.goto("/help");
  await pressUntilFocused(page, "/", page.getByRole("combobox", { name: /Find/ }));
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
});

test("the first tab stop skips to the content", async ({ page }) => {
  await page.goto("/");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
});

test("the theme is kept without a flash", async ({ page }) => {
  await page.goto("/help");
  await page.getByRole("button", { name: "Theme: system. Switch to light." }).click();
  await page.getByRole("button", { name: "Theme: light. Switch to dark." }).click();
  const answer = await page.request.get("/help");
  expect(await answer.text()).toContain('data-theme="dark"');
});

test("a question mark leads to the list of keys", async ({ page }) => {
  await page.goto("/account/preferences");
  await expect(async () => {
    await page.keyboard.press("?");
    await expect(page).toHaveURL(/\/help#keyboard$/, { timeout: 1000 });
  }).toPass();
  await expect(page.getByRole("heading", { name: "Keyboard" })).toBeVisible();
});
