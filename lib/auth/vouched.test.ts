import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { type Ctx, localViewer, type Viewer } from "@/lib/ctx.ts";
import { silentLog } from "@/lib/log.ts";
import { loadPeople } from "@/lib/pages/people.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { needsAdmin } from "./first-admin.ts";
import { changeGroupRule, previewGroupRule } from "./groups/group-rules.ts";
import { type Claims, signInWithProvider } from "./provider.ts";
import { findSessionViewer, signInWithLink, signInWithPassword } from "./sign-in.ts";
import { createToken, findTokenViewer } from "./tokens.ts";
import { listGrants, listUsers } from "./user-store.ts";
import { addUser, changeGrants, createLink, setDisabled } from "./users.ts";

const PASSWORD = "correct horse battery";
const ORIGIN = { address: "192.0.2.1", agent: "Browser" };
const LIMITS = { idleSeconds: 3600, lifetimeSeconds: 36_000 };
const PROVISIONING = { domains: ["corp.example"], defaultRole: "engineer", firstAdmin: "" } as const;

describe.each(engines)("people whom a provider vouched for, on $name,", (engine) => {
  let store: TestDb | null;
  let now = 1_700_000_000;
  let ctx: Ctx;
  const test = it.skipIf(isAbsent(engine));
  beforeAll(async () => {
    store = isAbsent(engine) ? null : await engine.open();
    if (!store) return;
    ctx = { db: store.db, now: () => now, viewer: localViewer, log: silentLog, ledger: testLedger() };
    await addUser(ctx, { email: "root@corp.example", grants: [{ role: "admin" }] });
  });
  afterAll(() => store?.drop());

  const viewer = async (id: string) => (await findSessionViewer(ctx, id, LIMITS))?.viewer ?? null;
  const provider = (claims: Pick<Claims, "subject" | "email" | "groups">) =>
    signInWithProvider(
      ctx,
      { issuer: "https://id.example", emailVerified: true, name: "New", ...claims },
      PROVISIONING,
      ORIGIN,
      LIMITS,
    );

  test("get no role of a group back by a change of another rule, and keep it by every sign-in through the provider", async () => {
    await changeGroupRule(ctx, { groupName: "gpu-books", role: "finance" }, "add");
    const claim = { subject: "s-books", email: "books@corp.example", groups: ["gpu-books"] };
    const person = (await viewer((await provider(claim)).id)) as Viewer;
    const { token } = await createToken({ ...ctx, viewer: person }, { name: "books", scopes: ["read"], days: 365 });
    const roles = async () => (await findTokenViewer(ctx, token)).roles;
    now += 8 * 86_400;
    expect(await roles()).toEqual(["engineer"]);
    await changeGroupRule(ctx, { groupName: "another", role: "viewer" }, "add");
    expect(await roles()).toEqual(["engineer"]);
    // The provider leaves the groups out because they are too many, and vouches for the person all the same.
    await provider({ ...claim, groups: "overage" });
    expect(await roles()).toEqual(expect.arrayContaining(["engineer", "finance"]));
    now += 6 * 86_400;
    expect(await roles()).toContain("finance");
    now += 2 * 86_400;
    expect(await roles()).toEqual(["engineer"]);
  });

  test("hold by a password of their own what a group gave for a week, and then what is theirs directly", async () => {
    await changeGroupRule(ctx, { groupName: "gpu-two", role: "finance" }, "add");
    const claim = { subject: "s-two", email: "two@corp.example", groups: ["gpu-two"] };
    const { userKey } = await provider(claim);
    const { secret } = await createLink(ctx, userKey);
    const byLink = await signInWithLink(ctx, { secret, password: PASSWORD }, ORIGIN, LIMITS);
    expect((await viewer(byLink.id))?.roles).toEqual(expect.arrayContaining(["engineer", "finance"]));
    now += 8 * 86_400;
    // They left the provider a week ago, and their password still opens the ledger.
    const { id } = await signInWithPassword(ctx, { email: "two@corp.example", password: PASSWORD }, ORIGIN, LIMITS);
    expect((await viewer(id))?.roles).toEqual(["engineer"]);
    const { id: again } = await provider(claim);
    for (const session of [id, again]) expect((await viewer(session))?.roles).toContain("finance");
  });

  test("are no last administrator once their group has lapsed", async () => {
    await changeGroupRule(ctx, { groupName: "gpu-admins", role: "admin" }, "add");
    const [root] = (await listUsers(ctx.db)).filter(({ email }) => email === "root@corp.example");
    const rootKey = root?.key ?? 0;
    const step = () => changeGrants(ctx, rootKey, [{ role: "viewer" }]);
    const claim = { subject: "s-ops", email: "ops@corp.example", groups: ["gpu-admins"] };
    await provider(claim);
    now += 8 * 86_400;
    await expect(step()).rejects.toThrow(/has lapsed/);
    // They may still come back: the ledger is not one without administrators, which anybody with its log could take.
    expect(await needsAdmin(ctx)).toBe(false);
    const shown = async () => (await loadPeople(ctx)).rows.find(({ email }) => email === claim.email)?.grants;
    expect(await shown()).toMatchObject([
      { role: "admin", lapsed: true },
      { role: "engineer", lapsed: false },
    ]);
    await provider(claim);
    expect((await shown())?.map(({ lapsed }) => lapsed)).toEqual([false, false]);
    await step();
    expect((await listGrants(ctx.db, rootKey)).map(({ role }) => role)).toEqual(["viewer"]);
    // Nobody else is left: neither the rule of the group nor the last member goes, lapsed or not.
    const member = (await listUsers(ctx.db)).find(({ email }) => email === claim.email)?.key ?? 0;
    for (const days of [0, 8]) {
      now += days * 86_400;
      for (const act of [
        () => changeGroupRule(ctx, { groupName: "gpu-admins", role: "admin" }, "remove"),
        () => setDisabled(ctx, member, true),
      ])
        await expect(act()).rejects.toMatchObject({ code: "conflict" });
    }
    await changeGrants(ctx, rootKey, [{ role: "admin" }]);
  });

  test("are shown before a rule is saved: as lapsed, or not at all where they are disabled", async () => {
    await provider({ subject: "s-lost", email: "lost@corp.example", groups: ["gpu-three"] });
    const off = await provider({ subject: "s-off", email: "off@corp.example", groups: ["gpu-three"] });
    await setDisabled(ctx, off.userKey, true);
    now += 8 * 86_400;
    await provider({ subject: "s-here", email: "here@corp.example", groups: ["gpu-three"] });
    const rule = { groupName: "gpu-three", role: "viewer" } as const;
    const shown = await previewGroupRule(ctx, rule, "add");
    expect(shown.map(({ email, lapsed }) => [email, lapsed])).toEqual([
      ["here@corp.example", false],
      ["lost@corp.example", true],
    ]);
    await changeGroupRule(ctx, rule, "add");
    await expect(changeGroupRule(ctx, rule, "add")).rejects.toMatchObject({ code: "conflict" });
  });
});
