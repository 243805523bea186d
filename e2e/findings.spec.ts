import Database from "better-sqlite3";
import { PASSWORD, PEOPLE, PEOPLE_DATABASE } from "./fixtures/people.ts";
import { expect, fitsSideways, openPage, test, violationsOf } from "./fixtures/test.ts";

const PORT = Number(process.env.E2E_PORT ?? 3490) + 3;
const BASE = `http://127.0.0.1:${PORT}`;

/** Lets a moment pass that nobody can wait for: the snooze of every finding ends now. */
function untilFriday(): void {
  const db = new Database(PEOPLE_DATABASE);
  db.prepare("update insight_findings set standing_until = standing_at where standing = 'snoozed'").run();
  db.close();
}

test.describe("an engineer", () => {
  test.use({ baseURL: BASE });

  test("sees a finding, understands it, snoozes it until Friday, and gets it back on Friday", async ({ page }) => {
    await page.goto("/sign-in");
    await page.getByLabel("E-mail").fill(PEOPLE.engineer);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.waitForURL(/\/me/);
    const mine = page.getByRole("region", { name: "Findings now" });
    await mine.getByRole("link", { name: "Idle, memory held" }).first().click();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Idle, memory held:");
    const evidence = page.getByRole("region", { name: "Evidence" });
    await expect(evidence).toContainText(/No activity for \d+ h/);
    await expect(evidence).toContainText(/GiB of \d+ GiB on a card/);
    await expect(page.getByText(/^runai (training|workspace) suspend /)).toBeVisible();
    expect(await violationsOf(page)).toEqual([]);

    await page.getByText("Snooze", { exact: true }).first().click();
    await page.getByLabel("Reason").first().fill("Waits for the data set of Friday");
    await page.getByRole("button", { name: "Snooze" }).click();
    await expect(page.getByText("Waits for the data set of Friday")).toBeVisible();
    await expect(page.getByText("snoozed", { exact: true }).first()).toBeVisible();
    const address = page.url();
    await page.goto("/findings?group=idle&state=open");
    await expect(page.locator(`a[href*="${new URL(address).pathname}"]`)).toHaveCount(0);

    untilFriday();
    await page.goto("/findings?group=idle&state=open");
    await expect(page.locator(`a[href*="${new URL(address).pathname}"]`).first()).toBeVisible();
    await page.goto(address);
    await expect(page.locator("main strong", { hasText: "open" })).toBeVisible();
  });

  test("sees no finding of others", async ({ page }) => {
    await page.goto("/sign-in");
    await page.getByLabel("E-mail").fill(PEOPLE.engineer);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.waitForURL(/\/me/);
    const db = new Database(PEOPLE_DATABASE, { readonly: true });
    const { id } = db
      .prepare(
        "select id from insight_findings where audience = 'owner' and workload_key not in (select w.key from workloads w join user_names n on n.name = w.submitted_by) limit 1",
      )
      .get() as { id: string };
    db.close();
    const answer = await page.request.get(`/findings/${id}`);
    expect(answer.status()).toBe(404);
    expect((await page.request.get("/findings/unallocated-000000000000")).status()).toBe(404);
  });
});

test("the idle page and the findings fit a phone, and have nothing that axe finds wrong", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 780 });
  for (const path of ["/idle?show=all", "/suspicious", "/findings?group=all&state=any"]) {
    await openPage(page, path);
    expect(await fitsSideways(page)).toBe(true);
    expect(await violationsOf(page)).toEqual([]);
  }
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("each idle workload of Run:ai has the command that frees its cards, as text", async ({ page }) => {
    await page.goto("/idle");
    const stop = page.locator("details", { hasText: /runai / }).first();
    await stop.locator("summary").click();
    await expect(stop.getByText(/^runai (training|workspace|workload) .* -p /).first()).toBeVisible();
    await expect(page.getByRole("button", { name: /^Copy: runai/ })).toHaveCount(0);
  });

  test("an idle workload is snoozed in its row, and opened again on the page of its finding", async ({ page }) => {
    await page.goto("/idle");
    const row = page.getByRole("row").filter({ hasText: "Snooze" }).last();
    const address = (await row.locator('a[href*="/findings/"]').first().getAttribute("href")) as string;
    await row.getByRole("button", { name: "Snooze" }).first().click();
    await row.getByLabel("Reason").fill("Waits for its data");
    await row.getByRole("button", { name: "Snooze" }).last().click();
    const own = page.getByRole("row").filter({ has: page.locator(`a[href="${address}"]`) });
    await expect(own).toContainText("snoozed");
    await expect(own.getByRole("button", { name: "Snooze" })).toHaveCount(0);
    await page.goto(address);
    await page.getByText("Open again", { exact: true }).first().click();
    await page.getByLabel("Reason").last().fill("Only a test");
    await page.getByRole("button", { name: "Open again" }).click();
    await expect(page.locator("main strong", { hasText: "open" })).toBeVisible();
  });
});
