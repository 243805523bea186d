import { expect, test } from "./fixtures/test";

test("the palette opens by keyboard, finds a project and goes there", async ({ page }) => {
  await page.goto("/help");
  await page.waitForLoadState("networkidle");
  await page.keyboard.press("Control+k");
  const box = page.getByRole("combobox", { name: /Find/ });
  await expect(box).toBeFocused();
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
  await page.waitForLoadState("networkidle");
  await page.keyboard.press("/");
  await expect(page.getByRole("searchbox")).toBeFocused();
  await page.goto("/help");
  await page.waitForLoadState("networkidle");
  await page.keyboard.press("/");
  await expect(page.getByRole("dialog")).toBeVisible();
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
