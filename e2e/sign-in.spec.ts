import type { Page } from "@playwright/test";
import { openDb } from "@/db/client.ts";
import { createFirstAdminSecret } from "@/lib/auth/first-admin.ts";
import { systemNow } from "@/lib/ctx.ts";
import { silentLog } from "@/lib/log.ts";
import { actId, post } from "./fixtures/acts.ts";
import { PASSWORD, PEOPLE, PEOPLE_DATABASE } from "./fixtures/people.ts";
import { expect as expectSoon, test } from "./fixtures/test.ts";

/** Passwords are slow to prove on purpose: on a busy machine, many seconds. */
const expect = expectSoon.configure({ timeout: 30_000 });
/** The server on which people sign in. */
const BASE = `http://127.0.0.1:${Number(process.env.E2E_PORT ?? 3490) + 3}`;
const ADMIN = "root@example.com";
test.use({ baseURL: BASE });
// The first test makes the administrator, whom the others need.
test.describe.configure({ mode: "serial" });

async function signIn(page: Page, email: string, password = PASSWORD): Promise<void> {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

const navigation = (page: Page) => page.getByRole("navigation", { name: "Main" }).getByRole("link");
const pathsOf = async (page: Page) =>
  Promise.all((await navigation(page).all()).map(async (l) => new URL((await l.getAttribute("href")) ?? "", BASE)));

test("the link that the start prints makes the administrator, once", async ({ page, context }) => {
  const db = await openDb(`file:${PEOPLE_DATABASE}`);
  const secret = await createFirstAdminSecret({ db, now: systemNow, log: silentLog });
  await db.close();
  await page.goto("/people");
  await expect(page.getByText("Nobody is an administrator at present.")).toBeVisible();
  await expect(page.getByLabel("Password")).toBeVisible();
  await page.goto(`/welcome?code=${secret}`);
  await page.getByLabel("E-mail").fill("root@example");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Become administrator" }).click();
  await expect(page.getByText("This is not an e-mail address.")).toBeVisible();
  await expect(page.getByLabel("E-mail")).toHaveAttribute("aria-invalid", "true");
  await page.getByLabel("E-mail").fill(ADMIN);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Become administrator" }).click();
  await expect(navigation(page).filter({ hasText: "People & tokens" })).toBeVisible();
  await context.clearCookies();
  await page.goto(`/welcome?code=${secret}`);
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
});

test("who is signed out comes back to the page that they wanted; a wrong password lets nobody in", async ({ page }) => {
  await page.goto("/workloads?period=last-7-days");
  await signIn(page, PEOPLE.manager, "something else entirely");
  await expect(page.getByText("The e-mail address or the password is wrong.")).toBeVisible();
  await expect(page.getByLabel("E-mail")).toHaveValue(PEOPLE.manager);
  await signIn(page, PEOPLE.manager);
  await expect(page).toHaveURL(`${BASE}/workloads?period=last-7-days`);
  await expect(page.getByRole("heading", { name: "Workloads", level: 1 })).toBeVisible();
});

test("a cookie is worth nothing after signing out", async ({ page, context }) => {
  await page.goto("/sign-in");
  await signIn(page, PEOPLE.engineer);
  await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
  const kept = await context.cookies();
  expect(kept.filter((c) => c.name === "gpu-ledger.session")).toMatchObject([{ httpOnly: true, sameSite: "Lax" }]);
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  await context.addCookies(kept);
  await page.goto("/workloads");
  await expect(page).toHaveURL(/\/sign-in\?callbackUrl=%2Fworkloads/);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("people sign in, find their way and sign out", async ({ page }) => {
    await page.goto("/account");
    await signIn(page, PEOPLE.viewer);
    await expect(page.getByRole("heading", { name: "Account", level: 1 })).toBeVisible();
    await navigation(page)
      .filter({ hasText: /^Workloads$/ })
      .click();
    await expect(page.getByRole("heading", { name: "Workloads", level: 1 })).toBeVisible();
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  });
});

test.describe("each role", () => {
  // What is refused answers 403, which browsers report.
  test.use({ expectedErrors: [/status of 403/] });

  for (const [role, email] of Object.entries({ admin: ADMIN, ...PEOPLE }))
    test(`the ${role} opens every page of their navigation, and no other`, async ({ page }) => {
      await page.goto("/sign-in");
      await signIn(page, email);
      await expect(navigation(page).first()).toBeVisible();
      const paths = (await pathsOf(page)).map((url) => url.pathname);
      for (const path of paths) expect([path, (await page.request.get(path)).status()]).toEqual([path, 200]);
      for (const path of ["/prices", "/policies", "/costs", "/teams", "/reconciliation", "/sync", "/people", "/audit"])
        expect([path, (await page.request.get(path)).status()]).toEqual([path, paths.includes(path) ? 200 : 403]);
      if (role === "admin") return;
      await page.goto("/people");
      await expect(page.getByRole("heading", { name: "You may not open this page" })).toBeVisible();
      await expect(page.getByRole("main")).toContainText("manage people and their roles you need the role admin");
      if (role !== "manager") return;
      expect(paths).toContain("/teams/11");
      expect((await page.request.get("/teams/12")).status()).toBe(404);
    });
});

test("the API asks for a token, which opens no page, runs no act and ends when it is revoked", async ({
  page,
  request,
}) => {
  expect((await request.get("/api/v1/periods")).status()).toBe(401);
  await page.goto("/account");
  await signIn(page, PEOPLE.finance);
  await page.getByLabel("What uses it").fill("export");
  await page.getByRole("button", { name: "Create token" }).click();
  await expect(page.getByText("it is shown this once")).toBeVisible();
  const token = (await page.getByText(/^gl_/).textContent()) ?? "";
  const headers = { authorization: `Bearer ${token}` };
  expect((await request.get("/api/v1/periods", { headers })).status()).toBe(200);
  expect((await request.get("/account", { headers, maxRedirects: 0 })).status()).toBe(302);
  const act = { ...headers, origin: BASE, "next-action": actId("app/(dashboard)/teams/actions.ts", "addTeam") };
  const answer = await post(`${BASE}/teams`, act, { name: "By token", reason: "x" });
  expect(answer.text).toContain("You are signed out");
  await page.reload();
  await expect(page.getByText(token)).toBeHidden();
  await page.getByText("Revoke", { exact: true }).click();
  await page.getByRole("button", { name: "Revoke export" }).click();
  await expect(page.getByRole("cell", { name: "revoked", exact: true })).toBeVisible();
  expect((await request.get("/api/v1/periods", { headers })).status()).toBe(401);
});
