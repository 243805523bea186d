import { expect, it } from "vitest";

const { actionKeyOf } = await import("./action-key.mjs" as string);

it("is the same on every server with the same first secret, and another with another", () => {
  const key = actionKeyOf({ NEXTAUTH_SECRET: "first secret of this test, " }) ?? "";
  expect(Buffer.from(key, "base64")).toHaveLength(32);
  expect(actionKeyOf({ NEXTAUTH_SECRET: "first secret of this test,an older one" })).toBe(key);
  expect(actionKeyOf({ NEXTAUTH_SECRET: "another secret of this test" })).not.toBe(key);
});

it("is the one that is set, and the build's where there is no secret", () => {
  expect(actionKeyOf({ NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: "given", NEXTAUTH_SECRET: "x" })).toBe("given");
  expect(actionKeyOf({})).toBe(undefined);
});
