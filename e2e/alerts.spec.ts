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
});
