import { expect, test } from "./fixtures/test.ts";

test.describe.configure({ mode: "serial" });

const month = (): string => new Date().toISOString().slice(0, 7);

test("a team is made, a rule previewed and saved, and its cost leaves Unassigned", async ({ page }) => {
  // In the first hour of a month, nothing of it is metered.
  test.skip(new Date().getUTCDate() === 1 && new Date().getUTCHours() < 2, "nothing of this month is metered yet");
  await page.goto("/teams");
  const unassigned = page.getByRole("region", { name: "Unassigned" }).first();
  await expect(unassigned.getByText("students", { exact: true })).toBeVisible();
  await page.getByRole("textbox", { name: "Name" }).fill("Campus");
  await page.getByRole("textbox", { name: "Cost centre" }).fill("CC-900");
  await page.getByRole("button", { name: "Create team" }).click();
  await expect(page.getByText("Team Campus created.")).toBeVisible();

  await page.getByRole("link", { name: "Make a rule for students" }).click();
  await page.getByRole("combobox", { name: "Team" }).selectOption({ label: "Campus" });
  await page.locator("[name=day]").first().fill(`${month()}-01`);
  const moves = page.getByRole("region", { name: "What would move: table" });
  await expect(moves.getByRole("row", { name: /students Unassigned Campus/ })).toBeVisible();
  await expect(page.getByText(/\$0.00 in 0 then/)).toBeVisible();
  await page.getByRole("button", { name: "Save rule" }).click();
  await expect(page).toHaveURL(/saved=rule/);
  await expect(page.getByText("Nothing: every workload of this period belongs to a team.")).toBeVisible();
  await expect(async () => {
    await page.goto("/teams");
    await expect(page.getByRole("row", { name: /^Unassigned .*\$0\.00/ })).toBeVisible({ timeout: 2000 });
  }).toPass();
});

test("a policy is set, shown in force, and taken back", async ({ page }) => {
  await page.goto("/policies");
  await page.getByRole("combobox", { name: "For", exact: true }).selectOption({ label: "Capacity that was down" });
  await page.getByRole("combobox", { name: "Charged to" }).selectOption({ label: "Equal parts" });
  await page.getByRole("button", { name: "Preview policy" }).click();
  await expect(page.getByRole("region", { name: "Effect of the policy by team: table" })).toBeVisible();
  await page.getByRole("button", { name: "Save policy" }).click();
  await expect(page.getByText("Read the preview first, then confirm that you have read it.").first()).toBeVisible();
  await page.getByLabel("I have read what it changes").check();
  await page.getByRole("button", { name: "Save policy" }).click();
  await expect(page.getByText(/^Saved\. Charges from that day on are being recalculated/)).toBeVisible();
  const row = page.getByRole("row", { name: /Capacity that was down every cluster Equal parts/ });
  await expect(row).toContainText("in force");
  await row.getByText("Withdraw", { exact: true }).click();
  await row.getByRole("button", { name: "Withdraw the policy" }).click();
  await expect(page.getByRole("row", { name: /Capacity that was down every cluster The platform/ })).toBeVisible();
});

test("a cost file with an error is refused line by line; a good one is taken, and taken back", async ({ page }) => {
  const csv = (amount: string) => ({
    name: "storage.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(
      `from,until,team,cluster,category,description,amount,currency\n${month()}-01,${month()}-03,Labs,,storage,Object store,${amount},USD\n`,
    ),
  });
  await page.goto("/costs");
  await page.getByLabel("CSV or FOCUS file").setInputFiles(csv("12,5"));
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByText(/Line 2: /)).toBeVisible();
  await page.getByLabel("CSV or FOCUS file").setInputFiles(csv("12.50"));
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByText(/Imported 1 line of 12\.500000 USD\.\s+Spread over/)).toBeVisible();
  await page.getByText("Remove", { exact: true }).click();
  await page.getByRole("button", { name: "Remove the import" }).click();
  await expect(page.getByRole("row", { name: /storage\.csv.*removed/ })).toBeVisible();
  // As large as a month of a cloud.
  const line = `${month()}-01,${month()}-03,Labs,,storage,${"Object store ".repeat(8)},0.01,USD\n`;
  const large = `from,until,team,cluster,category,description,amount,currency\n${line.repeat(20_000)}`;
  const file = { name: "large.csv", mimeType: "text/csv", buffer: Buffer.from(large) };
  expect(file.buffer.length).toBeGreaterThan(2_000_000);
  await page.getByLabel("CSV or FOCUS file").setInputFiles(file);
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByText(/Imported 20000 lines of 200\.000000 USD\./)).toBeVisible({ timeout: 60_000 });
  await page.getByText("Remove", { exact: true }).click();
  await page.getByRole("button", { name: "Remove the import" }).click();
  await expect(page.getByRole("row", { name: /large\.csv.*removed/ })).toBeVisible({ timeout: 30_000 });
});
