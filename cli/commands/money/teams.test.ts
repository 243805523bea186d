import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runLedger } from "@/cli/testing.ts";
import { sqliteFile } from "@/db/testing.ts";
import { chargeDue } from "@/lib/charges/run.ts";
import { ctxOf, GPU_HOUR, meterDay, seedInventory, seedPrice } from "@/lib/charges/testing-ledger.ts";

let ledger: Awaited<ReturnType<typeof sqliteFile>>;
const run = (...args: string[]) => runLedger(["teams", ...args], { DATABASE_URL: `file:${ledger.file}` });

beforeAll(async () => {
  ledger = await sqliteFile();
  await seedInventory(ledger.db);
  await seedPrice(ledger.db, "H100", 1_500_000_000, 20261001);
  await meterDay(ledger.db, 20261101, [{ hardwareKey: 1, workloadKey: 1, activeMilli: 10 * GPU_HOUR }]);
  await chargeDue(ctxOf(ledger.db), { currency: "USD", billingTimeZone: "UTC" });
});
afterAll(() => ledger.drop());

describe("ledger teams", () => {
  it("makes teams and rules, shows first what a rule would change, and lists what holds", async () => {
    expect((await run("add", "Vision", "--cost-centre", "CC-7")).stderr).toContain("Team Vision created.");
    const add = ["add-rule", "--team", "vision", "--kind", "project", "--pattern", "vis*", "--from", "2026-11-01"];
    const shown = await run(...add, "--month", "2026-11", "--dry-run");
    expect(shown.stdout.replaceAll("\r", "")).toBe(`what,project,from,to,workloads,gpu_hours,cost
matches,vision,,,1,10.000000,15.000000
moves,vision,Unassigned,Vision,1,10.000000,15.000000
unassigned before,,,,1,10.000000,15.000000
unassigned after,,,,0,0.000000,
`);
    expect((await run("rules", "--all")).stdout.trim()).toBe("rule,kind,label,pattern,cluster,team,from,until");
    const saved = await run(...add, "--month", "2026-11");
    const id = /Saved rule ([0-9a-f]{8})\. Days from 2026-11-01 on are charged again/.exec(saved.stderr)?.[1] ?? "";
    expect(id).not.toBe("");
    const holds = `${id},project,,vis*,,Vision,2026-11-01,`;
    expect((await run("rules", "--on", "2026-11-30")).stdout).toContain(holds);
    expect((await run("rules", "--on", "2026-10-31")).stdout).not.toContain(holds);

    expect((await run("end-rule", id, "--on", "2026-11-20")).code).toBe(0);
    expect((await run("rules", "--all")).stdout).toContain(`${holds}2026-11-20`);
    expect((await run("list")).stdout).toContain("Vision,CC-7,,,");
  });

  it.each<[string[], string]>([
    [["add", "Vision"], "There is a team Vision already."],
    [["archive", "Visoin"], 'There is no team "Visoin". Did you mean "Vision"?'],
    [["change", "Platform", "--name", "Infra"], "Platform keeps its name"],
    [["add-rule", "--team", "Vision", "--kind", "project"], "Give --pattern"],
    [
      ["add-rule", "--team", "Vision", "--kind", "colour", "--pattern", "*"],
      "A rule looks at one of: label, namespace",
    ],
    [["add-rule", "--team", "Vision", "--kind", "user", "--pattern", "*", "--from", "2026-02-30"], "not a day"],
    [["add-rule", "--team", "Vision", "--kind", "user", "--pattern", "*", "--cluster", "west"], "There is no cluster"],
    [["end-rule", "nothing"], "There is no rule nothing"],
    [["change-rule", "nothing"], "There is no rule nothing"],
  ])("%j: says what is wrong", async (args, message) => {
    const { code, stderr, stdout } = await run(...args);
    expect([code === 1 || code === 2, stdout]).toEqual([true, ""]);
    expect(stderr).toContain(message);
  });
});
