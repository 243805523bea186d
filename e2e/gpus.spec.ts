import { expect, test } from "./fixtures/test.ts";

test("the map shows who holds a card, by pointer and by keyboard", async ({ page }) => {
  await page.goto("/gpus");
  const cells = page.locator("[data-slot]");
  await expect(page.locator("[data-card]")).toHaveCount(208);
  const held = page.locator("a[data-slot]").first();
  await held.hover();
  await expect(page.getByRole("status").getByText("Owner")).toBeVisible();
  await cells.first().focus();
  await page.keyboard.press("ArrowRight");
  await expect(cells.nth(1)).toBeFocused();
  await expect(page.getByRole("status").getByText("Since")).toBeVisible();
});

test("a shared card is one cell with its parts, and shows who else is on it", async ({ page }) => {
  await page.goto("/gpus");
  const node = page.getByRole("listitem").filter({ hasText: "inf-l-01" });
  await expect(node.locator("[data-card]")).toHaveCount(8);
  const shared = node.locator("[data-card=shared]");
  await expect(shared).toHaveCount(1);
  await expect(shared.locator("[data-slot]")).toHaveCount(3);
  const [whole, cell] = [await node.locator("[data-card=whole]").first().boundingBox(), await shared.boundingBox()];
  expect(cell?.width).toBe(whole?.width);
  await shared.locator("[data-slot]").nth(1).hover();
  await expect(page.getByRole("status")).toContainText("One card, in 3 parts");
  await expect(page.getByRole("status")).toContainText("0.25 GPU");
});

test("its table twin has a row for each card", async ({ page }) => {
  await page.goto("/gpus");
  await page.getByRole("link", { name: "Table" }).click();
  await expect(page.locator("tbody tr")).toHaveCount(208);
  await page.getByLabel("Cluster").selectOption({ label: "research-zrh" });
  await expect(page.locator("tbody tr")).toHaveCount(64);
});

test("the table is downloaded as it is shown, a line for each part of a shared card", async ({ page }) => {
  await page.goto("/gpus?view=table&sort=part&dir=desc&cols=gpu,part,class");
  await expect(page.locator("tbody tr").first()).toContainText("inf-l-01");
  const file = await page.request.get("/download/gpus?sort=part&dir=desc&cols=gpu,part,class");
  const lines = (await file.text()).trim().split("\r\n");
  expect(lines[0]).toBe("cluster,node,gpus,class,gpu");
  expect(lines).toHaveLength(1 + 208 + 2);
  expect(lines.slice(1, 4).map((l) => l.split(",")[2])).toEqual(["0.500", "0.250", "0.250"]);
});

test("the projects table is sorted and downloaded as it is shown", async ({ page }) => {
  await page.goto("/projects?period=last-7-days&sort=idle&dir=asc&cols=name,idle");
  const shown = await page.locator("tbody td:first-child a").allTextContents();
  const file = await page.request.get("/download/projects?period=last-7-days&sort=idle&dir=asc&cols=name,idle");
  const lines = (await file.text()).trim().split("\r\n");
  expect(lines[0]).toBe("cluster,project,gpu_hours_idle");
  expect(lines.slice(1).map((l) => l.split(",")[1])).toEqual(shown);
});
