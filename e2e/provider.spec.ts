import type { Page } from "@playwright/test";
import { startProvider, type TestProvider } from "@/lib/auth/nextauth/testing-provider.ts";
import { SAFETY_DATABASE, SAFETY_PEOPLE, SAFETY_SECRET } from "./fixtures/people.ts";
import { cookieOf, SESSION_COOKIE } from "./fixtures/session.ts";
import { expect, test } from "./fixtures/test.ts";

/** Signing in through a real OpenID provider of another origin, in a browser. */
const PORT = Number(process.env.E2E_PORT ?? 3490);
const BASE = `http://127.0.0.1:${PORT + 4}`;
test.use({ baseURL: BASE });
// The pages of the test provider ask for a font that is not there; what is refused is in the console, too.
test.use({ expectedErrors: [/ERR_NAME_NOT_RESOLVED|status of 403/] });
test.describe.configure({ mode: "serial" });

let provider: TestProvider;
test.beforeAll(async () => {
  const person = (name: string, more = {}) => ({ email: `${name}@other.example`, email_verified: true, name, ...more });
  provider = await startProvider(
    `${BASE}/api/auth/callback/oidc`,
    {
      gus: person("gus", { groups: ["gpu-finance", "everybody"] }),
      eve: person("eve", { groups: ["everybody"] }),
      olga: { ...person("olga"), email: "olga@corp.example", _claim_names: { groups: "src1" } },
    },
    PORT + 5,
  );
});
test.afterAll(() => provider.stop());

/** From our page through the provider's pages, as a person goes. */
async function signIn(page: Page, login: string, to = "/"): Promise<void> {
  await page.goto(to);
  await page.getByRole("link", { name: "Continue with Test provider" }).click();
  await page.waitForURL((url) => url.port === String(PORT + 5));
  if (await page.locator('input[name="login"]').isVisible()) {
    await page.locator('input[name="login"]').fill(login);
    await page.locator('input[name="password"]').fill("any");
    await page.locator('button[type="submit"]').click();
  }
  const consent = page.locator('form:has(input[name="prompt"][value="consent"]) button[type="submit"]');
  await consent.or(page.locator("main")).first().waitFor();
  if (await consent.isVisible()) await consent.click();
  await page.waitForURL((url) => url.port === String(PORT + 4));
}

test("a group gives its role, and leads to the page that was wanted; when it is gone, so is the access", async ({
  page,
  browser,
}) => {
  await signIn(page, "gus", "/costs");
  await expect(page).toHaveURL(`${BASE}/costs`);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.goto("/account");
  await expect(page.getByRole("main")).toContainText("gus@other.example");
  await expect(page.getByRole("main")).toContainText(/finance/i);
  // The provider takes the group away: the next check, in another browser, ends the access of every browser.
  provider.people.gus = { ...provider.people.gus, groups: ["everybody"] };
  const other = await (await browser.newContext({ baseURL: BASE })).newPage();
  await signIn(other, "gus", "/costs");
  await expect(other).toHaveURL(/\/sign-in\?error=no-access/);
  await expect(other.getByRole("alert").filter({ hasText: "You have no access to this ledger" })).toBeVisible();
  const answer = await page.request.get("/costs");
  expect(answer.status()).toBe(403);
  await other.context().close();
});

test("somebody of no group that has a rule reads that they need an administrator", async ({ page }) => {
  await signIn(page, "eve");
  await expect(page).toHaveURL(/\/sign-in\?error=no-access/);
});

test("groups that the provider leaves out because they are too many are no empty list: an administrator reads it", async ({
  page,
  context,
}) => {
  await signIn(page, "olga", "/account");
  await expect(page.getByRole("main")).toContainText("olga@corp.example");
  await context.clearCookies();
  const value = await cookieOf(SAFETY_DATABASE, SAFETY_SECRET, SAFETY_PEOPLE.admin);
  await context.addCookies([{ name: SESSION_COOKIE, value, url: BASE }]);
  await page.goto("/audit");
  await expect(page.getByRole("main")).toContainText("groups left out by the provider: too many");
});
