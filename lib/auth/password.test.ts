import { scryptSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { checkPassword, hashesComputed, hashPassword, isOutdated, verifyPassword } from "./password.ts";

const PASSWORD = "correct horse battery";
const base64 = (bytes: Buffer) => bytes.toString("base64").replace(/=+$/, "");

describe("a password", () => {
  it("is stored as a PHC string of argon2id with 19 MiB and two passes, another one each time", async () => {
    const [one, two] = [await hashPassword(PASSWORD), await hashPassword(PASSWORD)];
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(one).not.toBe(two);
    expect(isOutdated(one)).toBe(false);
    for (const phc of [one, two]) expect(await verifyPassword(PASSWORD, phc)).toBe(true);
  });

  it.each(["correct horse batterx", "", " correct horse battery", "Correct horse battery", PASSWORD.repeat(20)])(
    "is not %j",
    async (wrong) => {
      expect(await verifyPassword(wrong, await hashPassword(PASSWORD))).toBe(false);
    },
  );

  it("is the same however its letters are composed", async () => {
    expect(await verifyPassword("cafe\u0301 au lait noir", await hashPassword("café au lait noir"))).toBe(true);
  });

  it("of an older kind still opens, and is to be hashed again", async () => {
    const salt = Buffer.from("0123456789abcdef");
    const old = `$scrypt$ln=14,r=8,p=1$${base64(salt)}$${base64(scryptSync(PASSWORD, salt, 32, { N: 2 ** 14, r: 8, p: 1 }))}`;
    expect(await verifyPassword(PASSWORD, old)).toBe(true);
    expect(await verifyPassword("another password", old)).toBe(false);
    expect(isOutdated(old)).toBe(true);
  });

  it.each([
    ["mia@example.com", /e-mail address/],
    ["MIA@example.com", /e-mail address/],
    ["password1234", /tried first/],
    ["PassWord!2026", /tried first/],
    ["qwertyuiop12", /tried first/],
    ["adminadmin123", /tried first/],
    ["123456789012", /tried first/],
    ["aaaabbbbcccc", /5 different/],
    ["short", /12 to 200/],
  ])("cannot be %j", (text, words) => {
    expect(() => checkPassword(text, "mia@example.com")).toThrow(words);
  });

  it.each(["my password is a horse", "mia@example.com, and more", "98 bottles of wine", "1234 qwerty on the wall"])(
    "can be %j",
    (text) => expect(() => checkPassword(text, "mia@example.com")).not.toThrow(),
  );

  it.each([
    "",
    "x",
    "$argon2id$v=19$m=999999,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY",
    "$md5$x$y",
  ])("never belongs to what is not a hash of ours: %j", async (phc) => {
    expect(await verifyPassword(PASSWORD, phc)).toBe(false);
  });

  it("waits behind at most 40 others: anyone who comes later is asked to come back, and computes nothing", async () => {
    const before = hashesComputed();
    const all = await Promise.allSettled(
      Array.from({ length: 60 }, (_, i) => (i % 2 ? verifyPassword(PASSWORD, "") : hashPassword(PASSWORD))),
    );
    const refused = all.filter((one) => one.status === "rejected");
    expect(refused.length).toBeGreaterThanOrEqual(60 - 40 - 3);
    expect(refused.length).toBeLessThanOrEqual(60 - 40);
    for (const { reason } of refused) expect(reason).toMatchObject({ code: "busy" });
    expect(hashesComputed() - before).toBe(60 - refused.length);
    expect(await verifyPassword(PASSWORD, "")).toBe(false);
  });

  it.each([
    ["eleven letters", "abcdefghijk"],
    ["more than 200 letters", "abcdef".repeat(40)],
    ["four different letters", "abcdabcdabcd"],
  ])("has 12 to 200 letters, five of them different: not %s", (_, text) => {
    expect(() => checkPassword(text)).toThrow(/A password has/);
  });
});
