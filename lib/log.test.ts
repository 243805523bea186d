import { expect, it } from "vitest";
import { createLog } from "./log.ts";

it("writes no secret, wherever in an entry it stands, and everything else", () => {
  const lines: string[] = [];
  const log = createLog("info", { write: (line) => lines.push(line) });
  log.info({ token: "s3cret", url: "http://a" }, "top");
  log.info({ settings: { password: "s3cret", user: "ada" } }, "one below");
  log.info({ call: { headers: { authorization: "Bearer s3cret", accept: "json" } } }, "two below");
  log.debug({ quiet: true }, "below the level");
  expect(lines).toHaveLength(3);
  expect(lines.join("")).not.toContain("s3cret");
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { url: "http://a", msg: "top" },
    { settings: { user: "ada" } },
    { call: { headers: { accept: "json" } } },
  ]);
});
