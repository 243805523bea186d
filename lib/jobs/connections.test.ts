import { expect, it } from "vitest";
import { localViewer } from "@/lib/ctx.ts";
import { parseEnv } from "@/lib/env.ts";
import { silentLog } from "@/lib/log.ts";
import { testConnections } from "./connections.ts";

const who = { viewer: localViewer, log: silentLog };
const reports = async (settings: Record<string, string>) =>
  (await testConnections(who, parseEnv({ HTTP_RETRY_COUNT: "0", ...settings }))).map((r) => [r.title, r.ok, r.message]);

const NOT_SET = ["Run:ai", false, "Not configured: set RUNAI_URL, RUNAI_APP_ID and RUNAI_APP_SECRET."];

it("says what to set where no source lists what exists, and tests the others all the same", async () => {
  expect(await reports({})).toEqual([NOT_SET]);
  expect(await reports({ PROMETHEUS_URL: "http://127.0.0.1:1" })).toEqual([
    NOT_SET,
    ["Prometheus", false, expect.stringMatching(/^Prometheus is not reachable/)],
  ]);
});

it("reports a source that cannot be opened like one that does not answer", async () => {
  const runai = { RUNAI_URL: "http://127.0.0.1:1", RUNAI_APP_ID: "a", RUNAI_APP_SECRET: "s" };
  const settings = { ...runai, PROMETHEUS_URL: "http://127.0.0.1:1", PROMETHEUS_BEARER_TOKEN_FILE: "/nowhere/token" };
  expect(await reports(settings)).toEqual([
    ["Run:ai", false, expect.stringMatching(/refused the connection/)],
    ["Prometheus", false, "PROMETHEUS_BEARER_TOKEN_FILE: cannot read /nowhere/token."],
  ]);
});

it("shows no user and no password of an address", async () => {
  const settings = {
    ...{ RUNAI_URL: "http://bo:hunter2hunter2@127.0.0.1:1", RUNAI_APP_ID: "a", RUNAI_APP_SECRET: "s" },
    ...{ PROMETHEUS_URL: "http://bo:hunter2hunter2@127.0.0.1:1", HTTP_RETRY_COUNT: "0" },
  };
  const shown = await testConnections(who, parseEnv(settings));
  expect(shown.map((r) => r.url)).toEqual(["http://127.0.0.1:1", "http://127.0.0.1:1"]);
  expect(JSON.stringify(shown)).not.toContain("hunter2");
});

it("is for people who may, no matter who calls it", async () => {
  const viewer = { kind: "person", id: "x", roles: ["finance"], projects: "all" } as const;
  await expect(testConnections({ ...who, viewer }, parseEnv({}))).rejects.toMatchObject({ code: "forbidden" });
});
