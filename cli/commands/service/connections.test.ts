import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runLedger } from "@/cli/testing.ts";
import { sqliteFile, type TestDb } from "@/db/testing.ts";

let store: TestDb & { file: string };
beforeAll(async () => {
  store = await sqliteFile();
});
afterAll(() => store.drop());
const run = (...args: string[]) =>
  runLedger(["connections", ...args], { DATABASE_URL: `file:${store.file}`, PROMETHEUS_URL: "http://127.0.0.1:1" });

it("adds, lists, edits, tests, pauses, resumes and removes connections, and shows no secret", async () => {
  const file = `${store.file}.secret`;
  writeFileSync(file, "s3cret-of-cli-test\n");
  const fields = ["--set", "url=https://emea.run.ai", "--set", "appId=ledger"];
  expect(await run("add", "runai", "emea", ...fields, "--set", "appSecret=seen")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--secret-file"),
  });
  expect(await run("add", "runai", "emea", ...fields, "--secret-file", `appSecret=${file}`)).toMatchObject({ code: 0 });
  const listed = await run("list");
  expect(listed.stdout.split("\r\n").slice(1, 3)).toEqual([
    "emea,runai,emea,https://emea.run.ai,ledger,in use,0,0,,",
    "prometheus,prometheus,Prometheus,http://127.0.0.1:1,environment,in use,0,0,,",
  ]);
  expect(await run("edit", "emea", "--title", "Europe", "--set", "url=http://127.0.0.1:1")).toMatchObject({ code: 2 });
  expect(await run("edit", "emea", "--title", "Europe", "--set", "appId=two")).toMatchObject({ code: 0 });
  expect(await run("pause", "emea", "--reason", "maintenance")).toMatchObject({ code: 0 });
  const paused = await run("list", "--format", "json");
  expect(JSON.parse(paused.stdout).rows[0]).toMatchObject({ name: "emea", title: "Europe", state: "paused" });
  expect(await run("resume", "emea")).toMatchObject({ code: 0 });
  expect(await run("pause", "prometheus")).toMatchObject({ code: 2, stderr: expect.stringContaining("environment") });
  expect(await run("test", "nobody")).toMatchObject({ code: 2, stderr: expect.stringContaining("emea, prometheus") });
  expect(await run("remove", "emea")).toMatchObject({ code: 0 });
  expect((await run("list")).stdout).not.toContain("emea");
  expect(JSON.stringify([listed, paused])).not.toContain("s3cret");
}, 120_000);
