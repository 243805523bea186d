import { describe, expect, it } from "vitest";
import { parseEnv } from "@/lib/env.ts";
import { silentLog } from "@/lib/log.ts";
import { checkLedger } from "./ledger.ts";

const RUNAI = { RUNAI_URL: "https://a.example", RUNAI_APP_ID: "a", RUNAI_APP_SECRET: "s" };
const check = (settings: Record<string, string>) =>
  checkLedger(parseEnv({ DATABASE_URL: "file::memory:", ...settings }), silentLog);

describe("what is checked before anything is served", () => {
  it("passes without a source, and with sources that are not asked", async () => {
    await check({});
    await check({ ...RUNAI, PROMETHEUS_URL: "http://user:s3cret@p.example" });
  });

  it.each<[Record<string, string>, string]>([
    [{ ...RUNAI, RUNAI_CA_FILE: "/nowhere/ca.pem" }, "RUNAI_CA_FILE: cannot read /nowhere/ca.pem"],
    [{ ...RUNAI, RUNAI_CA_FILE: "package.json" }, "RUNAI_CA_FILE: package.json is not a PEM file"],
    [{ PROMETHEUS_CA_FILE: "/nowhere/ca.pem" }, "PROMETHEUS_CA_FILE"],
    [{ PROMETHEUS_CERT_FILE: "/nowhere/c", PROMETHEUS_KEY_FILE: "/nowhere/k" }, "PROMETHEUS_CERT_FILE"],
    [{ PROMETHEUS_BEARER_TOKEN_FILE: "/nowhere/token" }, "PROMETHEUS_BEARER_TOKEN_FILE"],
    [{ PROMETHEUS_USERNAME: "a:b" }, "PROMETHEUS_USERNAME"],
    [{ PROMETHEUS_USERNAME: "a", PROMETHEUS_BEARER_TOKEN: "t" }, "PROMETHEUS_BEARER_TOKEN"],
    [{ DATABASE_URL: "file:package.json" }, "package.json"],
  ])("refuses %j by name", async (settings, message) => {
    await expect(check({ PROMETHEUS_URL: "http://p.example", ...settings })).rejects.toThrow(message);
  });
});
