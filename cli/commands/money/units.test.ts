import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runLedger } from "@/cli/testing.ts";
import { sqliteFile } from "@/db/testing.ts";

import { seedSixtyDays, TODAY } from "@/lib/budgets/testing-ledger.ts";
import { addDays, dateOfKey } from "@/lib/time.ts";

let ledger: Awaited<ReturnType<typeof sqliteFile>>;
const folder = mkdtempSync(path.join(tmpdir(), "units-"));
const run = (...args: string[]) => runLedger(["units", ...args], { DATABASE_URL: `file:${ledger.file}` });
const day = dateOfKey(addDays(TODAY, -1));
const DAYS = ["--from", dateOfKey(addDays(TODAY, -3)), "--to", dateOfKey(TODAY)];

beforeAll(async () => {
  ledger = await sqliteFile();
  await seedSixtyDays(ledger.db);
});
afterAll(async () => {
  await ledger.drop();
  rmSync(folder, { recursive: true });
});

it("defines a unit, counts it once however often, and writes what it costs", async () => {
  const defined = await run(
    "define",
    "Leads",
    "--noun",
    "lead",
    "--team",
    "speech",
    "--target",
    "2.50",
    "--threshold",
    "3",
  );
  expect([defined.code, defined.stderr.trim()]).toEqual([0, "Unit 1 is defined."]);
  for (const done of ["1 added, 0 changed", "0 added, 0 changed"])
    expect((await run("count", "leads", "16", "--day", day, "--id", "batch-1")).stderr).toContain(done);
  const file = path.join(folder, "c.csv");
  writeFileSync(file, `day,count,id\n${dateOfKey(addDays(TODAY, -2))},4,batch-0\n`);
  expect((await run("import", "1", file)).stderr).toContain("1 added");
  const { stdout } = await run("list", ...DAYS);
  expect(stdout.split("\r\n")[1]).toBe(
    `1,Leads,lead,1,team,Speech,${DAYS[1]},${DAYS[3]},3,2,20.000,USD,80.000000,4.000000,2,80.000000,4.000000,allocation,,2.500000,3.000000,above_threshold`,
  );
  const rows = (await run("days", "Leads", ...DAYS)).stdout.trim().split("\r\n");
  expect(rows.slice(1)).toEqual([
    `1,Leads,${DAYS[1]},,USD,40.000000,,40.000000,`,
    `1,Leads,${dateOfKey(addDays(TODAY, -2))},4.000,USD,40.000000,10.000000,40.000000,10.000000`,
    `1,Leads,${day},16.000,USD,40.000000,2.500000,40.000000,2.500000`,
  ]);
  expect(
    (await run("change", "Leads", "--threshold", "none", "--per", "1000", "--name", "Leads a month")).stderr,
  ).toContain("Changed.");
  expect((await run("days", "Leads a month", ...DAYS)).stdout).toContain(",2500.000000,");
  expect((await run("define", "Leads a month", "--noun", "lead", "--all")).stderr).toContain(
    "Another unit has this name",
  );
  expect((await run("days", "Nothing")).stderr).toContain('There is no unit "Nothing". There is "Leads a month".');
  expect((await run("archive", "1")).stderr).toContain("Archived.");
  expect((await run("list")).stdout.trim().split("\r\n")).toHaveLength(1);
});
