import Database from "better-sqlite3";
import { PEOPLE, PEOPLE_DATABASE } from "./fixtures/people.ts";
import { fixedValues, listRoutes, pathsOf, type Values } from "./fixtures/roles/routes.ts";
import { expect, test } from "./fixtures/test.ts";

const BASE = `http://127.0.0.1:${Number(process.env.E2E_PORT ?? 3490) + 3}`;

/** What is there for people who are signed out, too: the ways in and out, and probes that say nothing. */
const OPEN = /^\/(sign-in(\/(link|forgot|provider))?|welcome|unsubscribe|healthz|readyz|api\/(auth\/.*|unsubscribe))$/;
/** Every parameter has some value: whether it names something must not matter. */
const VALUES: Values = new Proxy(fixedValues(), { get: (fixed, name) => fixed[String(name)] ?? ["1"] });

const COOKIES = ["", "gpu-ledger.session=x", "gpu-ledger.session=eyJhbGciOiJkaXIifQ..x.y.z; next-auth.session-token=x"];

/** Names that only people who are signed in may read; short ones are words of the interface, too. */
function namesOfLedger(): string[] {
  const db = new Database(PEOPLE_DATABASE, { readonly: true });
  const rows = db
    .prepare("select name from teams where key > 9 union select name from projects where key <> 0")
    .all() as { name: string }[];
  db.close();
  return [...Object.values(PEOPLE), ...rows.map((row) => row.name)].filter((name) => name.length > 6);
}

test("every page, file and address of the API is closed to somebody who is signed out, whatever cookie they send", async () => {
  const names = namesOfLedger();
  expect(names.length).toBeGreaterThan(10);
  const problems: string[] = [];
  let closed = 0;
  for (const route of listRoutes())
    for (const path of pathsOf(route, VALUES))
      for (const cookie of COOKIES) {
        const answer = await fetch(`${BASE}${path}`, { headers: cookie ? { cookie } : {}, redirect: "manual" });
        const text = await answer.text();
        const said = names.filter((name) => text.includes(name));
        if (said.length || answer.status >= 500)
          problems.push(`${path} ${cookie}: ${answer.status} ${said.join(", ")}`);
        if (OPEN.test(path)) continue;
        closed++;
        const leads = answer.headers.get("location")?.startsWith("/sign-in") ?? false;
        // A cookie that was never ours is looked at where the page is made: it leads to the sign-in from there.
        const led =
          answer.status === 200 && route.kind === "page" && /url=\/sign-in|NEXT_REDIRECT;[a-z]+;\/sign-in/.test(text);
        if (!leads && !led && answer.status !== 401)
          problems.push(`${path} ${cookie}: ${answer.status} ${text.slice(0, 120)}`);
      }
  expect(problems).toEqual([]);
  expect(closed).toBeGreaterThan(400);
});

test("every form before sign-in is posted: no password comes into an address", async ({ page }) => {
  for (const path of ["/sign-in", "/sign-in/link?token=x", "/unsubscribe?token=x", "/sign-in/forgot"]) {
    await page.goto(`${BASE}${path}`);
    const methods = await page
      .locator("form")
      .evaluateAll((all) => all.map((form) => (form as HTMLFormElement).method));
    expect([path, methods.filter((method) => method !== "post")]).toEqual([path, []]);
  }
});
