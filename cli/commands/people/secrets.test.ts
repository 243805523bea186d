import { readFileSync, rmSync, statSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runLedger } from "@/cli/testing.ts";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import { localViewer } from "@/lib/ctx.ts";
import { parseEnv } from "@/lib/env.ts";
import { putSecret, secretKeys } from "@/lib/secrets/index.ts";

let store: TestDb & { file: string };
const settings = () => ({ DATABASE_URL: `file:${store.file}` });
const run = (...args: string[]) => runLedger(["secrets", ...args], settings());

beforeAll(async () => {
  store = await sqliteFile();
  const who = { viewer: localViewer, now: () => 1_800_000_000 };
  const ref = { of: "channel/7", field: "url" };
  const keys = secretKeys(parseEnv(settings()));
  await store.db.write((tx) => putSecret(tx, who, keys, ref, "https://hooks.example/of-cli-test", "secrets.manage"));
});
afterAll(() => store.drop());

it("lists without values, rotates the ledger's own key, and says what is lost with it", async () => {
  const listed = await run("list");
  expect(listed.stdout).toMatch(
    /^of,field,key,changed,changed_by\r\nchannel\/7,url,[0-9a-f]{8},2027-01-15T08:00:00Z,local\r\n$/,
  );
  const rotated = await run("rotate");
  expect([rotated.code, rotated.stderr]).toEqual([0, expect.stringContaining("1 secret encrypted with the key")]);
  expect(readFileSync(`${store.file}.key`, "utf8").trim().split("\n")).toHaveLength(2);
  expect(statSync(`${store.file}.key`).mode & 0o777).toBe(0o600);
  expect(await run("check")).toMatchObject({ code: 0, stdout: "1 secret can be read.\n" });
  rmSync(`${store.file}.key`);
  expect(await run("check")).toMatchObject({
    code: 1,
    stdout: expect.stringContaining("channel/7 url: cannot be decrypted"),
  });
  expect(await run("delete")).toMatchObject({ code: 2 });
  expect(await run("delete", "--unreadable")).toMatchObject({
    code: 0,
    stderr: expect.stringContaining("1 secret deleted"),
  });
  expect(await run("check")).toMatchObject({ code: 0, stdout: "0 secrets can be read.\n" });
});
