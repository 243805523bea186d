import { expect, it } from "vitest";
import { runLedger } from "@/cli/testing.ts";
import { sqliteFile } from "@/db/testing.ts";
import { createTeam } from "@/lib/attribution/team-changes.ts";
import { signInWithProvider } from "@/lib/auth/provider.ts";
import { findSessionViewer, signInWithLink, signInWithPassword } from "@/lib/auth/sign-in.ts";
import { listGrants, replaceGrants } from "@/lib/auth/user-store.ts";
import { addUser } from "@/lib/auth/users.ts";
import { ctxOf } from "@/lib/charges/testing-ledger.ts";

const ORIGIN = { address: "192.0.2.1", agent: "Browser" };
const LIMITS = { idleSeconds: 3600, lifetimeSeconds: 36_000 };

it("ledger users reset ends sessions and the password, and its link signs in", async () => {
  const ledger = await sqliteFile();
  try {
    const ctx = { ...ctxOf(ledger.db), now: () => Math.floor(Date.now() / 1000) };
    const given = { email: "ada@example.com", password: "correct horse battery" };
    await addUser(ctx, { ...given, grants: [{ role: "engineer" }] });
    const { id } = await signInWithPassword(ctx, given, ORIGIN, LIMITS);
    const { code, stdout } = await runLedger(["users", "reset", given.email], { DATABASE_URL: `file:${ledger.file}` });
    expect(code).toBe(0);
    expect(await findSessionViewer(ctx, id, LIMITS)).toBe(null);
    await expect(signInWithPassword(ctx, given, ORIGIN, LIMITS)).rejects.toMatchObject({ code: "unauthenticated" });
    const secret = new URL(stdout.trim()).searchParams.get("token") as string;
    await signInWithLink(ctx, { secret, password: "another long one" }, ORIGIN, LIMITS);
    await signInWithPassword(ctx, { ...given, password: "another long one" }, ORIGIN, LIMITS);
  } finally {
    await ledger.drop();
  }
});

it("ledger users unlink lets the provider take the account of a person with a password", async () => {
  const ledger = await sqliteFile();
  try {
    const ctx = { ...ctxOf(ledger.db), now: () => Math.floor(Date.now() / 1000) };
    const email = "ada@example.com";
    const { key } = await addUser(ctx, { email, grants: [{ role: "admin" }], password: "correct horse battery" });
    const enter = () =>
      signInWithProvider(
        ctx,
        { issuer: "https://id.example", subject: "1", email, emailVerified: true, name: "Ada", groups: "absent" },
        { domains: [], defaultRole: null, firstAdmin: "" },
        ORIGIN,
        LIMITS,
      );
    await expect(enter()).rejects.toMatchObject({ reason: "other-account" });
    const url = { DATABASE_URL: `file:${ledger.file}` };
    const without = await runLedger(["users", "unlink", email], url);
    expect([without.code, without.stderr]).toEqual([1, expect.stringContaining("No identity provider is configured")]);
    const { code, stderr } = await runLedger(["users", "unlink", email], {
      ...url,
      ...{ OIDC_ISSUER: "https://id.example", OIDC_CLIENT_ID: "gpu", OIDC_CLIENT_SECRET: "a secret of this test" },
    });
    expect([code, stderr]).toEqual([0, expect.stringContaining(`as ${email} takes the account, until`)]);
    expect((await enter()).userKey).toBe(key);
  } finally {
    await ledger.drop();
  }
});

it("ledger users roles takes every role away, and users show says which of a group has lapsed", async () => {
  const ledger = await sqliteFile();
  try {
    const ctx = { ...ctxOf(ledger.db), now: () => Math.floor(Date.now() / 1000) };
    const url = { DATABASE_URL: `file:${ledger.file}` };
    const team = await createTeam(ctx, { name: "Vision" });
    await addUser(ctx, { email: "root@example.com", grants: [{ role: "admin" }] });
    const { key } = await addUser(ctx, { email: "ada@example.com", grants: [{ role: "viewer" }] });
    const group = { role: "manager", teamKey: team.key, projectKey: 0, origin: "group:leads" } as const;
    await ledger.db.write((tx) => replaceGrants(tx, key, "group", [group], "provider", 1));
    const shown = async () => (await runLedger(["users", "show", "ada@example.com"], url)).stdout;
    expect(await shown()).toMatch(/roles +manager of Vision \(by the group leads, lapsed\); viewer\n/);
    const none = await runLedger(["users", "roles", "ada@example.com", "--role", "none"], url);
    expect([none.code, (await listGrants(ledger.db, key)).map((g) => g.origin)]).toEqual([0, ["group:leads"]]);
    const both = await runLedger(["users", "roles", "ada@example.com", "--role", "none", "--team", "Vision"], url);
    expect(both.stderr).toContain("leave out --team");
    const last = await runLedger(["users", "roles", "root@example.com", "--role", "none"], url);
    expect([last.code === 0, last.stderr]).toEqual([false, expect.stringContaining("needs an administrator")]);
    const lost = await runLedger(["users", "add", "bob@example.com", "--role", "manager"], url);
    expect(lost.stderr).toMatch(/^(error: )?A manager manages teams/im);
  } finally {
    await ledger.drop();
  }
});
