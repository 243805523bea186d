import { sql } from "@/db/client.ts";
import { HOSTILE, SAFETY_DATABASE, SAFETY_PEOPLE } from "./fixtures/people.ts";
import { rawTo, type Sent } from "./fixtures/raw.ts";
import { by, cookie, count, inLedger, SESSION_COOKIE } from "./fixtures/session.ts";
import { expect, test } from "./fixtures/test.ts";

/** What people who may sign in can send: ids that are not theirs, fields that no form has, names that attack what shows them. */
const BASE = `http://127.0.0.1:${Number(process.env.E2E_PORT ?? 3490) + 4}`;
test.use({ baseURL: BASE });

const { send, act } = rawTo(BASE);
const ACCOUNT = "app/(dashboard)/account/actions.ts";

test("ids of other people's tokens, sessions and accounts are worth nothing", async () => {
  const headers = await by(SAFETY_PEOPLE.engineer);
  const admin = await cookie(SAFETY_PEOPLE.admin);
  const foreign = await inLedger(SAFETY_DATABASE, async (db) => ({
    token:
      (await db.find<{ id: string }>(sql`select id from api_tokens where user_key = 0 order by id limit 1`))?.id ?? "",
    session:
      (
        await db.find<{ id: string }>(sql`select id_hash as id from sessions s join users u on u.key = s.user_key
      where u.email = ${SAFETY_PEOPLE.admin} and s.revoked_at is null limit 1`)
      )?.id ?? "",
    person: String(
      (await db.find<{ key: number }>(sql`select key from users where email = ${SAFETY_PEOPLE.admin}`))?.key,
    ),
  }));
  expect(Object.values(foreign).every(Boolean)).toBe(true);
  const rows = async () => {
    const of = `user_key = ${foreign.person}`;
    const disabled = await count("users", `key = ${foreign.person} and disabled_at is not null`);
    const [grants, names] = [await count("grants", of), await count("user_names", of)];
    const named = await count("user_names", "name = 'x'");
    const open = await count("sessions", `id_hash = '${foreign.session}' and revoked_at is null`);
    return { disabled, grants, names, named, open, links: await count("sign_in_links", of) };
  };
  const before = await rows();
  expect(before).toMatchObject({ disabled: 0, grants: 1, named: 0, open: 1 });
  const token = await act(ACCOUNT, "endToken", { id: foreign.token, reason: "x" }, headers);
  expect(token.text).toMatch(/"ok":false.*There is no/);
  const session = await act(ACCOUNT, "endSessions", { session: foreign.session }, headers);
  expect(session.text).toMatch(/No other session was open/);
  for (const what of ["saveGrant", "saveNames", "disable", "sendLink", "unlink", "endAll"]) {
    const fields = { person: foreign.person, role: "admin", act: "add", names: "x", reason: "x" };
    const { text } = await actOfPeople(what, fields, headers, `/people/${foreign.person}`);
    expect([what, text]).toEqual([what, expect.stringMatching(/"ok":false.*You may not/)]);
  }
  expect(await rows()).toEqual(before);
  expect(await count("api_tokens", "user_key = 0 and revoked_at is not null")).toBe(0);
  expect(await count("sessions", `id_hash = '${foreign.session}' and revoked_at is not null`)).toBe(0);
  expect((await send("/account", { headers: { cookie: `${SESSION_COOKIE}=${admin}` } })).status).toBe(200);
  expect([403, 404]).toContain((await send(`/people/${foreign.person}`, { headers })).status);
});

/** @param path a page that has the act: elsewhere Next.js passes the request on, and the act never runs. */
const actOfPeople = (name: string, fields: Readonly<Record<string, string>>, headers: Sent["headers"], path: string) =>
  act("app/(dashboard)/people/actions.ts", name, fields, headers, path);

test("fields that a form does not have change nothing", async () => {
  const headers = await by(SAFETY_PEOPLE.engineer);
  const key = Number(
    await inLedger(SAFETY_DATABASE, (db) =>
      db.find<{ key: number }>(sql`select key from users where email = ${SAFETY_PEOPLE.engineer}`),
    ).then((u) => u?.key),
  );
  const extra = {
    ...{
      userKey: "1",
      user_key: "1",
      person: "1",
      role: "admin",
      roles: "admin",
      viewer: "admin",
      kind: "local",
      id: "chosen0chose",
    },
    ...{
      secretHash: "0".repeat(64),
      createdBy: "root@example.com",
      expiresAt: "9999999999",
      __proto__x: "1",
      "constructor.prototype": "1",
    },
  };
  const answer = await act(ACCOUNT, "newToken", { name: "extra fields", scope: "read", days: "1", ...extra }, headers);
  expect(answer.text).toContain('"ok":true');
  const row = await inLedger(SAFETY_DATABASE, (db) =>
    db.find<
      Record<string, unknown>
    >(sql`select id, user_key as "userKey", created_by as "createdBy", secret_hash as hash,
      expires_at - created_at as seconds from api_tokens where name = 'extra fields'`),
  );
  expect(row).toMatchObject({ userKey: key, createdBy: SAFETY_PEOPLE.engineer, seconds: 86_400 });
  expect([row?.id, row?.hash]).not.toEqual(expect.arrayContaining([extra.id]));
  expect(row?.hash).not.toBe(extra.secretHash);
  expect(await count("grants", `user_key = ${key} and role = 'admin'`)).toBe(0);
});

test("names and reasons that attack what shows them are text, on every page and in every file", async ({
  page,
  context,
}) => {
  await context.addCookies([{ name: SESSION_COOKIE, value: await cookie(SAFETY_PEOPLE.admin), url: BASE }]);
  page.on("dialog", () => expect("a dialog").toBe("none"));
  await page.goto("/account");
  const links = await page.getByRole("navigation", { name: "Main" }).getByRole("link").all();
  const paths = new Set(["/teams/rules", "/audit?period=last-30-days"]);
  for (const link of links) paths.add((await link.getAttribute("href")) ?? "/");
  const person = await inLedger(SAFETY_DATABASE, (db) =>
    db.find<{ key: number }>(sql`select key from users where email = 'markup@evil.example'`),
  );
  paths.add(`/people/${person?.key}`);
  let shown = 0;
  for (const path of paths) {
    await page.goto(path);
    const found = await page.evaluate(() => ({
      hit: (window as { wasHit?: number }).wasHit === 1,
      images: document.querySelectorAll("img[src='x']").length,
      text: document.body.textContent?.includes("<img src=x onerror") ?? false,
    }));
    expect([path, found.hit, found.images]).toEqual([path, false, 0]);
    if (found.text) shown++;
  }
  // The pages do show the names: people, a person, teams, rules, workloads, projects, the audit log.
  expect(shown).toBeGreaterThanOrEqual(5);
  for (const list of ["workloads", "projects", "teams"]) {
    const file = await (await context.request.get(`/download/${list}?period=last-30-days`)).text();
    expect([list, file.includes("HYPERLINK")]).toEqual([list, true]);
    expect([list, /(^|,)"?=/m.test(file)]).toEqual([list, false]);
  }
  const audit = await (await context.request.get("/audit/download?period=last-30-days")).text();
  expect(audit).toContain(`'${HOSTILE.formula.replaceAll('"', '""')}`);
  for (const name of Object.values(HOSTILE)) {
    const found = await context.request.get(
      `/workloads?user=${encodeURIComponent(name)}&search=${encodeURIComponent(name)}`,
    );
    expect([name, found.status()]).toEqual([name, 200]);
  }
  expect(await count("users")).toBeGreaterThan(5);
});
