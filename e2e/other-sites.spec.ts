import { chromium } from "@playwright/test";
import { chromiumPath } from "@/scripts/chromium.ts";
import { actId, post } from "./fixtures/acts.ts";
import { expect, test } from "./fixtures/test.ts";

/** A server that listens on the machine is reached by web pages too: by a name that is pointed at it, and by what they send across sites. */
const TEAMS = "app/(dashboard)/teams/actions.ts";
const PATHS = ["/metricsX", "/healthzfoo", "/_next/static/x", "/icon.svg", "/healthz", "/teams"];
const hostOf = (baseURL: string | undefined) => new URL(baseURL ?? "").host;

const teamsOf = async (baseURL: string | undefined) => (await fetch(new URL("/teams", baseURL))).text();

test("an act by another's name is refused at every path, and writes nothing", async ({ baseURL }) => {
  const id = actId(TEAMS, "addTeam");
  const evil = `evil.example:${new URL(baseURL ?? "").port}`;
  for (const path of PATHS) {
    const headers = { host: evil, origin: `http://${evil}`, "next-action": id };
    const answer = await post(`${baseURL}${path}`, headers, { name: "Rebound", reason: "x" });
    expect([path, answer.status]).toEqual([path, 421]);
  }
  // By its own name the same request reaches the act: the id and the form are those of this build.
  const own = { origin: baseURL ?? "", "next-action": id };
  const answer = await post(`${baseURL}/metricsX`, own, { name: "", reason: "x" });
  expect(answer).toMatchObject({ status: 200, text: expect.stringContaining('"ok":false') });
  expect(answer.text).not.toContain("This server is not");
  expect(await teamsOf(baseURL)).not.toContain("Rebound");
});

test("an act of another site's page is refused, with and without the headers of new browsers", async ({ baseURL }) => {
  const id = actId(TEAMS, "addTeam");
  const foreign: readonly Readonly<Record<string, string>>[] = [
    { origin: "http://evil.example" },
    { origin: "null" },
    { "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty" },
  ];
  for (const headers of foreign) {
    const answer = await post(`${baseURL}/teams`, { ...headers, "next-action": id }, { name: "Foreign", reason: "x" });
    expect([headers, answer.status]).toEqual([headers, 403]);
  }
  expect(await teamsOf(baseURL)).not.toContain("Foreign");
});

test("a page whose name is pointed at the machine can neither read nor write", async ({ baseURL }) => {
  const { port } = new URL(baseURL ?? "");
  const browser = await chromium.launch({
    executablePath: chromiumPath(),
    args: ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP evil.example 127.0.0.1"],
  });
  try {
    const page = await browser.newPage();
    // The refusal is of the same origin as the server: scripts in it can do what those of an attacker's page could.
    const away = await page.goto(`http://evil.example:${port}/`);
    expect(away?.status()).toBe(421);
    const act = { id: actId(TEAMS, "addTeam"), paths: PATHS };
    const replies = await page.evaluate(async ({ id, paths }) => {
      const out: [string, number, string][] = [];
      for (const path of ["/", "/api/v1/sync", "/_next/static/x", "/icon.svg"])
        out.push(["GET", await fetch(path).then((a) => a.status), path]);
      for (const path of paths) {
        const body = new FormData();
        body.set("_1_name", "Rebound");
        body.set("0", '[null,"$K1"]');
        const headers = { "next-action": id, accept: "text/x-component" };
        out.push(["POST", await fetch(path, { method: "POST", headers, body }).then((a) => a.status), path]);
      }
      return out;
    }, act);
    expect(replies).toEqual(replies.map(([method, , path]) => [method, 421, path]));
    expect(replies).toHaveLength(PATHS.length + 4);
  } finally {
    await browser.close();
  }
  expect(await teamsOf(baseURL)).not.toContain("Rebound");
});

test.describe("refused links", () => {
  test.use({ expectedErrors: [/status of 403/] });
  test("a link of another site opens a page; the API, a file and an image it gets none", async ({ page, baseURL }) => {
    const host = hostOf(baseURL);
    const seen: [string, number][] = [];
    page.on("response", (answer) => {
      const { pathname, host: from } = new URL(answer.url());
      if (from === host) seen.push([pathname, answer.status()]);
    });
    await page.route("http://other.example/", (route) =>
      route.fulfill({
        contentType: "text/html",
        body: `<a href="${baseURL}/sync">page</a> <a href="${baseURL}/api/v1/sync">data</a>
        <a href="${baseURL}/download/workloads?format=csv">file</a>`,
      }),
    );
    for (const name of ["page", "data", "file"]) {
      await page.goto("http://other.example/");
      await page.getByRole("link", { name, exact: true }).click();
      await page.waitForURL((url) => url.host === host);
    }
    const of = (path: string) => seen.find(([pathname]) => pathname === path)?.[1];
    expect([of("/sync"), of("/api/v1/sync"), of("/download/workloads")]).toEqual([200, 403, 403]);
  });
});

test("pages beside the probes have the policy too, and probes answer by any name", async ({ request, baseURL }) => {
  for (const path of ["/metricsX", "/healthzfoo", "/icon.svg", "/sync"])
    expect((await request.get(path)).headers()["content-security-policy"], path).toContain("script-src 'self' 'nonce-");
  for (const path of ["/healthz", "/readyz"])
    expect((await request.get(`${baseURL}${path}`, { headers: { host: "10.0.0.7" } })).status(), path).toBe(200);
});
