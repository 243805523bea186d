import { runLedger } from "@/cli/testing.ts";
import { type MailServer, startMailServer } from "@/lib/mail/testing-server.ts";
import { expect, test, violationsOf } from "./fixtures/test.ts";

test.describe.configure({ mode: "serial" });

let mail: MailServer;
test.beforeAll(async () => {
  mail = await startMailServer();
});
test.afterAll(() => mail.close());

test("a budget that will be passed is warned of by one e-mail, which leads to its cause", async ({ page, baseURL }) => {
  await page.goto("/budgets/team%3A12");
  await page.getByLabel("Amount").fill("1");
  await page.getByRole("button", { name: "Save budget" }).click();
  await expect(page.getByText(/pass(ed)? its budget/).first()).toBeVisible();

  await page.goto("/alerts/rules?kind=budget-status&team=12");
  await page.getByRole("textbox", { name: "Name" }).fill("Budget of team 12");
  await page.getByRole("checkbox", { name: "Notify the people whom it concerns" }).uncheck();
  await page.getByRole("button", { name: "Add rule", exact: true }).click();
  await expect(page.getByText("Rule added. It is evaluated within a minute.")).toBeVisible();

  const once = () =>
    runLedger(["alerts", "--once"], {
      ...{ DATABASE_URL: "file:./data/e2e.db", NEXTAUTH_URL: baseURL as string, ALERT_EMAIL_TO: "manager@example.com" },
      ...{ SMTP_URL: mail.url, MAIL_FROM: "ledger@example.com" },
    });
  expect(await once()).toMatchObject({ code: 0 });
  expect(await once()).toMatchObject({ code: 0 });
  expect(mail.mails.map((m) => m.to)).toEqual([["manager@example.com"]]);
  const text = (mail.mails[0]?.text ?? "").replaceAll("=\r\n", "").replaceAll("=3D", "=");
  const link = /^http:\S+$/m.exec(text.replaceAll("\r", ""))?.[0] as string;

  await page.goto(link);
  await expect(page.getByRole("heading", { level: 1, name: /budget and forecast$/ })).toBeVisible();
  await expect(page.getByText(/pass(ed)? its budget/).first()).toBeVisible();

  await page.goto("/alerts");
  await page.getByText("Acknowledge", { exact: true }).first().click();
  await page.getByRole("button", { name: "Acknowledge", exact: true }).click();
  await expect(page.getByText(/acknowledged by local/).first()).toBeVisible();
  expect(await violationsOf(page)).toEqual([]);

  const file = await page.request.get("/download/alerts");
  expect(await file.text()).toMatch(/^alert,summary,severity,state,acknowledged_by,/);
  await page.goto("/");
  await expect(page.getByRole("list", { name: "Budgets at risk" })).toContainText(/pass(ed)? its budget/);
});

test("a rule is previewed on past days before it is added, then muted and deleted", async ({ page }) => {
  await page.goto("/alerts/rules");
  await page.getByLabel("What to watch").selectOption({ label: "Daily cost" });
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByLabel(/^Look back with: more than/).fill("a lot");
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(page.getByText(/"a lot" is not an amount/)).toBeVisible();
  await page.getByLabel(/^Look back with: more than/).fill("1");
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(page.getByText(/It would have fired \d+ times in the last 90 days\./)).toBeVisible();
  await page.getByRole("textbox", { name: "Name" }).fill("A day of everything");
  // What is saved is what the form shows, previewed or not.
  await expect(page.getByLabel("Limit")).toHaveValue("1");
  await page.getByLabel("Limit").fill("7");
  await page.getByRole("button", { name: "Add rule", exact: true }).click();
  await expect(page.getByText("Rule added.", { exact: false })).toBeVisible();

  const row = page.getByRole("row", { name: /A day of everything/ });
  await expect(row.getByText(/7\.00/)).toBeVisible();
  await row.getByRole("link", { name: "A day of everything" }).click();
  await page.getByText("Try other words").click();
  for (const [text, said] of [
    ["{rule}: {tem}", /\{tem\} is not known here/],
    ["{rule} says so", "A day of everything says so"],
  ] as const) {
    await page.getByLabel("Try the text").fill(text);
    await page.getByRole("button", { name: "Preview the message" }).click();
    await expect(page.getByText(said).first()).toBeVisible();
    await expect(page.getByLabel("Text of its messages")).toHaveValue(text);
  }
  await page.goto("/alerts/rules");
  await row.getByText("Mute or delete").click();
  await row.getByRole("button", { name: "Mute", exact: true }).click();
  await expect(row.getByText(/muted until/)).toBeVisible();
  await row.getByRole("button", { name: "Delete the rule" }).click();
  await expect(page.getByRole("row", { name: /A day of everything/ })).toHaveCount(0);
});

test("a channel is added without showing its secret again, and tested", async ({ page }) => {
  await page.goto("/alerts/channels?kind=webhook");
  await page.getByRole("textbox", { name: "Name" }).fill("Operations");
  await page.getByLabel("Address").fill("http://127.0.0.1:9/hook-of-this-test");
  await page.getByRole("button", { name: "Add channel" }).click();
  await expect(page.getByText("Enter signing secret.").first()).toBeVisible();
  await page.getByLabel("Address").fill("http://127.0.0.1:9/hook-of-this-test");
  await page.getByLabel("Signing secret").fill(`whsec_${Buffer.alloc(24, 9).toString("base64")}`);
  await page.getByRole("button", { name: "Add channel" }).click();
  await expect(page.getByText(/^Channel added/)).toBeVisible();
  await page.getByRole("region", { name: "Alert channels: table" }).getByRole("link", { name: "Operations" }).click();
  await expect(page.getByText("Stored. Leave it empty to keep it.").first()).toBeVisible();
  expect(await page.content()).not.toContain("hook-of-this-test");
  await page
    .getByRole("row", { name: /Operations/ })
    .getByRole("button", { name: "Send a test" })
    .click();
  await expect(page.getByText(/127\.0\.0\.1 is not a public address/).first()).toBeVisible();
  expect(await violationsOf(page)).toEqual([]);
});
