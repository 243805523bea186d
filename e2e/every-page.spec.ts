import { get } from "node:http";
import { listReports } from "@/lib/reports/index.ts";
import type { Report } from "@/lib/reports/report.ts";
import { expect, fitsSideways, openPage, test, violationsOf } from "./fixtures/test.ts";

/** Reports are drawn by one component: of each unit and of a chart, with and without, the first report that has it. */
const met = new Set<string>();
const isOwnShape = ({ chart, columns }: Report): boolean => {
  const parts = [chart ? "chart" : "no chart", ...columns.map((c) => c.unit)];
  const isNew = parts.some((part) => !met.has(part));
  for (const part of parts) met.add(part);
  return isNew;
};
const ownShape = listReports().filter(isOwnShape);
const addressOf = ({ slug }: Report) => `/reports/${slug}`;

const PAGES = [
  "/?period=last-7-days",
  "/?period=today&by=project",
  "/spend",
  "/explain?period=last-7-days&team=11",
  "/explain?period=yesterday&workload=2000",
  "/spend?period=last-30-days&grain=week&team=11",
  "/budgets",
  "/budgets/team:11?span=quarter&past=on&table=burn-down",
  "/units",
  "/units/1?period=last-30-days&table=unit-cost",
  "/burst",
  "/rightsizing?period=last-30-days&state=any",
  "/savings?period=last-30-days&workload=w-1&kind=downsize",
  "/quota?period=last-30-days",
  "/projects",
  "/projects/1",
  "/workloads?period=last-30-days",
  "/workloads/2000?period=last-30-days",
  "/users?period=last-30-days",
  "/users/chen.li%40example.org?period=last-30-days",
  "/billing",
  "/operations",
  "/gpus",
  "/gpus?view=table",
  "/sync?backfillFrom=2026-03-02&backfillTo=2099-01-01",
  "/sync?backfillFrom=2026-03-02&backfillTo=2026-03-04",
  "/prices",
  "/prices/propose",
  "/reports",
  ...ownShape.map(addressOf),
  "/teams",
  "/teams/11",
  "/teams/rules?act=add&kind=project&pattern=students&day=2026-11-01",
  "/policies",
  "/costs",
  "/bills",
  "/opencost",
  "/help",
  "/help/api",
  "/account",
  "/account/alerts",
  "/account/preferences",
  "/alerts",
  "/alerts/rules?kind=daily-cost&threshold=100",
  "/alerts/messages",
  "/alerts/channels?kind=slack",
  "/events?kind=konnect",
  "/people",
  "/audit?period=last-30-days",
  "/people?group=gpu-admins&role=finance",
  "/statements",
  "/statements/close",
  "/statements/2026-10/11",
  "/reconciliation",
];

test.describe.configure({ mode: "parallel" });

const TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"];
/** What a theme can change. */
const COLOUR_RULES = ["color-contrast", "link-in-text-block"];

for (const path of PAGES)
  test(`${path} has no accessibility violation in light and dark, and fits 360 px`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
    await openPage(page, path);
    await expect(page.getByRole("complementary", { name: "Sign-in" })).toContainText("AUTH=off");
    const ink = () => page.evaluate(() => getComputedStyle(document.body).color);
    const lightInk = await ink();
    expect(await violationsOf(page, (axe) => axe.withTags(TAGS)), "light").toEqual([]);
    await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
    await expect.poll(ink, { timeout: 60_000 }).not.toBe(lightInk);
    expect(await violationsOf(page, (axe) => axe.withRules(COLOUR_RULES)), "dark").toEqual([]);
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize({ width: 360, height: 740 });
    // Charts are drawn again for the width.
    await expect.poll(() => fitsSideways(page)).toBe(true);
  });

for (const path of listReports()
  .filter((r) => !ownShape.includes(r))
  .map(addressOf))
  test(`${path}, drawn like others, opens without an error and fits 360 px`, async ({ page }) => {
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await openPage(page, path)).toBe(200);
    await expect.poll(() => fitsSideways(page)).toBe(true);
  });

test("answers for probes", async ({ request }) => {
  expect((await request.get("/healthz")).status()).toBe(200);
  expect((await request.get("/readyz")).status()).toBe(200);
});

test("an address that cannot be decoded is not found, in words", async ({ baseURL }) => {
  // Browsers and Playwright mend such an address; a socket sends it as it is.
  for (const path of ["/%E0%A4%A", "/workloads/%E0%A4%A?sort=idle"]) {
    const { status, body } = await askRaw(baseURL, path);
    expect(status).toBe(404);
    expect(body).toContain("There is nothing here");
    expect(body).not.toMatch(/Internal Server Error|at .*\.js:\d+/);
  }
  const api = await askRaw(baseURL, "/api/v1/reports/%E0%A4%A");
  expect([api.status, JSON.parse(api.body).error.code]).toEqual([400, "invalid"]);
});

/** A request whose path is sent byte for byte. */
function askRaw(baseURL: string | undefined, path: string): Promise<{ status: number; body: string }> {
  const { hostname, port } = new URL(baseURL ?? "");
  return new Promise((resolve, reject) => {
    get({ hostname, port, path }, (answer) => {
      let body = "";
      answer.setEncoding("utf8").on("data", (part: string) => {
        body += part;
      });
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body }));
    }).on("error", reject);
  });
}

test("a request under a foreign name is refused", async ({ request }) => {
  const answer = await request.get("/api/v1/sync", { headers: { host: "evil.example" } });
  expect(answer.status()).toBe(421);
});

test("only scripts of this server may run", async ({ request }) => {
  const { "content-security-policy": policy = "", "x-content-type-options": sniff } = (
    await request.get("/")
  ).headers();
  expect(policy).toMatch(/script-src 'self' 'nonce-[^']+' 'strict-dynamic';/);
  expect(sniff).toBe("nosniff");
});
