import { expect, test } from "./fixtures/test";

test("the map tells who holds a card, by pointer and by keyboard", async ({ page }) => {
  await page.goto("/gpus");
  const cells = page.locator("[data-slot]");
  await expect(cells).toHaveCount(208);
  const held = page.locator("a[data-slot]").first();
  await held.hover();
  await expect(page.getByRole("status").getByText("Owner")).toBeVisible();
  await cells.first().focus();
  await page.keyboard.press("ArrowRight");
  await expect(cells.nth(1)).toBeFocused();
  await expect(page.getByRole("status").getByText("Since")).toBeVisible();
});

test("its table twin has a row for each card", async ({ page }) => {
  await page.goto("/gpus");
  await page.getByRole("link", { name: "Table" }).click();
  await expect(page.locator("tbody tr")).toHaveCount(208);
  await page.getByLabel("Cluster").selectOption({ label: "research-zrh" });
  await expect(page.locator("tbody tr")).toHaveCount(64);
});
