import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normaliseEmail } from "./email.ts";
import { claimsOf } from "./nextauth/claims.ts";
import { safePath } from "./safe-path.ts";
import { countedAddress, oneMore, waitSeconds } from "./throttle.ts";
import { emptyRolesWarning } from "./types.ts";

describe("an e-mail address", () => {
  it.each([
    [" Ada@Example.COM ", "ada@example.com"],
    ["ａda@example.com", "ada@example.com"],
    ["o'neil+gpu@sub.example.com", "o'neil+gpu@sub.example.com"],
  ])("%j is %s", (given, email) => {
    expect(normaliseEmail(given)).toBe(email);
  });

  it.each([
    "",
    "ada",
    "ada@",
    "@example.com",
    "ada@example",
    "a@b@example.com",
    "ada＠example.com",
    "ada\n@example.com",
    "a b@example.com",
    `${"a".repeat(250)}@example.com`,
  ])("%j is not an address", (given) => {
    expect(() => normaliseEmail(given)).toThrow(/is not an e-mail address/);
  });
});

describe("where to go after signing in", () => {
  const base = "https://gpu.example.com";
  it.each([
    ["/spend?period=last-month#top", "/spend?period=last-month#top"],
    ["https://gpu.example.com/teams/3", "/teams/3"],
    [undefined, "/"],
    ["https://evil.example/x", "/"],
    ["//evil.example/x", "/"],
    ["/\\evil.example", "/"],
    ["\\\\evil.example", "/"],
    ["javascript:alert(1)", "/"],
    ["https://gpu.example.com@evil.example", "/"],
    ["https://gpu.example.com.evil.example/", "/"],
    ["http://gpu.example.com/", "/"],
    ["/sign-in?callbackUrl=/sign-in", "/"],
    ["/api/v1/sync", "/"],
    ["/a\r\nset-cookie: x", "/"],
    ["%%%", "/"],
    ["spend", "/"],
  ])("%j leads to %s", (wanted, to) => {
    expect(safePath(wanted, base)).toBe(to);
  });

  it("never leaves this server, whatever is asked for", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc.string().map((s) => `/${s}`),
        ),
        (wanted) => {
          expect(new URL(safePath(wanted, base), base).origin).toBe(base);
        },
      ),
    );
  });
});

describe("attempts to sign in", () => {
  const pause = (n: number, kind: "account" | "address") => waitSeconds(kind, { failures: n, lastAt: 1000 }, 1000);
  it.each([
    [4, 0, 0],
    [5, 1, 0],
    [6, 2, 0],
    [10, 32, 0],
    [11, 60, 0],
    [1000, 60, 900],
    [20, 60, 1],
    [25, 60, 32],
  ])("after %i failures wait %i s for an account, %i s for an address", (n, account, address) => {
    expect([pause(n, "account"), pause(n, "address")]).toEqual([account, address]);
  });

  it("never lock: however many there were, an account waits a minute, and after an hour nothing", () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(7200), (failures, later) => {
        const wait = waitSeconds("account", { failures, lastAt: 0 }, later);
        expect(wait).toBeLessThanOrEqual(60);
        if (later >= 3600) expect(wait).toBe(0);
      }),
    );
    expect(oneMore({ failures: 500, lastAt: 0 }, 3600)).toEqual({ failures: 1, lastAt: 3600 });
    expect(oneMore({ failures: 5, lastAt: 0 }, 3599)).toEqual({ failures: 6, lastAt: 3599 });
  });
});

describe("a network address that attempts count for", () => {
  it.each([
    ["198.51.100.7", "198.51.100.7"],
    ["::ffff:198.51.100.7", "198.51.100.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:DB8:1:2::9", "2001:db8:1:2::/64"],
    ["2001:db8:1:3::9", "2001:db8:1:3::/64"],
    ["fe80::1%eth0", "fe80::/64"],
    ["::1", "::/64"],
    ["unknown", "unknown"],
    ["", ""],
  ])("%j counts as %j", (address, counted) => {
    expect(countedAddress(address)).toBe(counted);
  });
});

describe("what a provider says", () => {
  const claims = (profile: Record<string, unknown>, claim = "groups", trustsEmail = false) =>
    claimsOf(profile, "https://id.example", claim, trustsEmail);
  it.each([
    ["Keycloak's paths", { groups: ["/gpu/admins", "/all"] }, "groups", ["/gpu/admins", "/all"]],
    ["Keycloak's realm roles", { realm_access: { roles: ["gpu-finance"] } }, "realm_access.roles", ["gpu-finance"]],
    ["a claim whose name has dots", { "https://x.example/groups": ["a"] }, "https://x.example/groups", ["a"]],
    ["one group as text", { groups: "admins" }, "groups", ["admins"]],
    ["Entra above 200 groups", { _claim_names: { groups: "src1" } }, "groups", "overage"],
    ["Entra's implicit flow above 200 groups", { hasgroups: "true" }, "groups", "overage"],
    ["Google", {}, "groups", "absent"],
    ["no group at all", { groups: [] }, "groups", []],
    ["more groups than anybody has by intent", { groups: Array(2001).fill("a") }, "groups", "overage"],
    ["a name of more letters than a rule can have", { groups: ["a".repeat(301), "b"] }, "groups", ["b"]],
    ["what is not text", { groups: [1, null, "a"] }, "groups", ["a"]],
    ["a name of every object", { sub: "x" }, "constructor", "absent"],
  ])("of groups: %s", (_, profile, claim, groups) => {
    expect(claims(profile, claim as string).groups).toEqual(groups);
  });

  it("is who somebody is by issuer and subject", () => {
    expect(claims({ iss: "https://other", sub: "42", email: "a@b.example", name: "A" })).toMatchObject({
      ...{ issuer: "https://other", subject: "42", email: "a@b.example", name: "A" },
    });
  });

  it.each([
    ["true", true, true, true],
    ["false", false, false, false],
    ["nothing", undefined, false, true],
    ["null", null, false, true],
    ["the text true", "true", false, false],
    ["the text false", "false", false, false],
    ["1", 1, false, false],
  ])("verifies an address with email_verified %s: %j is %s, and %s for a trusted issuer", (_, said, usual, trusted) => {
    const profile = { sub: "42", email: "a@b.example", ...(said === undefined ? {} : { email_verified: said }) };
    expect([claims(profile).emailVerified, claims(profile, "groups", true).emailVerified]).toEqual([usual, trusted]);
  });

  it("takes no address from preferred_username, which people can choose", () => {
    const profile = { sub: "42", preferred_username: "boss@corp.example", email_verified: true };
    expect(claims(profile, "groups", true)).toMatchObject({ email: "" });
  });
});

it("says of a viewer without a team and a project that they see nothing yet", () => {
  const of = (...grants: Parameters<typeof emptyRolesWarning>[0]) => emptyRolesWarning(grants) !== "";
  expect([of({ role: "viewer" }), of({ role: "viewer", teamKey: 7 }), of({ role: "engineer" }), of()]).toEqual([
    true,
    false,
    false,
    false,
  ]);
  expect(of({ role: "viewer" }, { role: "viewer", projectKey: 3 })).toBe(false);
});
