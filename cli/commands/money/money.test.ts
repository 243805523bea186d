import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runLedger } from "@/cli/testing.ts";
import { sqliteFile } from "@/db/testing.ts";
import { meterDay, seedInventory, seedTeam } from "@/lib/charges/testing-ledger.ts";
import { free, held } from "@/lib/closing/testing-close.ts";

/** A month of money from the command line alone: prices, policies, imported cost, close, statements, audit. */
let ledger: Awaited<ReturnType<typeof sqliteFile>>;
let folder: string;
const run = (...args: string[]) =>
  runLedger(args, { DATABASE_URL: `file:${ledger.file}`, RECOVERY_GL_ACCOUNT: "7", RECOVERY_COST_CENTRE: "8" });
const ok = async (...args: string[]) => {
  const { code, stdout, stderr } = await run(...args);
  expect([args.join(" "), stderr, code]).toEqual([args.join(" "), expect.anything(), 0]);
  return { stdout, stderr, rows: () => parse(stdout, { columns: true }) as Record<string, string>[] };
};
const file = (name: string, text: string) => {
  writeFileSync(path.join(folder, name), text);
  return path.join(folder, name);
};

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "gpu-ledger-money-"));
  ledger = await sqliteFile();
  await seedInventory(ledger.db);
  await seedTeam(ledger.db, 11, "Vision", "vision");
  for (const day of [20251030, 20251031]) await meterDay(ledger.db, day, [held(1, 10, 2), held(3, 2), free(12)]);
});
afterAll(async () => {
  await ledger.drop();
  rmSync(folder, { recursive: true });
});

describe("a month from the command line", () => {
  it("is priced: proposed, tried out, approved, listed", async () => {
    const proposed = await ok(
      "prices",
      "propose",
      "--kind",
      "gpu",
      "--match",
      "H100",
      "--unit-price",
      "2.5",
      "--from",
      "2025-10-01",
    );
    const id = /\b[0-9a-f]{8}\b/.exec(proposed.stdout + proposed.stderr)?.[0] ?? "";
    expect(id).not.toBe("");
    const diff = (await ok("prices", "diff", id, "--month", "2025-10")).rows();
    expect(diff.find((r) => Object.values(r).includes("Vision"))).toBeDefined();
    expect((await ok("prices", "list", "--on", "2025-10-31")).rows()).toEqual([]);
    expect((await ok("prices", "approve", id, "--reason", "board")).stderr).toContain("Approved");
    expect((await ok("prices", "list", "--on", "2025-10-31")).stdout).toMatch(/H100.*2\.5/);
    expect((await ok("prices", "proposals")).stdout).toMatch(/approved/);
    await ok("prices", "rate", "EUR", "1.0834", "--from", "2025-10-01", "--source", "ECB");
    expect((await ok("prices", "rates")).rows()).toEqual([
      { currency: "EUR", from: "2025-10-01", rate: expect.stringMatching(/^1\.0834/), in: "USD", source: "ECB" },
    ]);
    const bad = await run(
      "prices",
      "import",
      file("bad.csv", "kind,match,unit_price,effective_from\ngpu,H100,cheap,2025-11-01\n"),
    );
    expect([bad.code, bad.stdout]).toEqual([2, ""]);
    expect(bad.stderr).toMatch(/2\b.*cheap/);
  });

  it("is shared by policy, and has cost of other systems", async () => {
    await ok("policies", "set", "unallocated", "charges", "--from", "2025-10-01", "--reason", "fair");
    expect((await ok("policies", "list")).rows()).toContainEqual(
      expect.objectContaining({ of: "unallocated", value: "charges", from: "2025-10-01", in_force: "yes" }),
    );
    const unknown = await run("policies", "set", "unallocated", "dice");
    expect([unknown.code !== 0, unknown.stdout]).toEqual([true, ""]);
    const lines =
      "from,until,cluster,team,category,description,amount,currency\n2025-10-30,2025-11-01,,Vision,storage,disks,4.00,USD\n";
    const mistyped = await run("costs", "import", file("typo.csv", lines.replace("2025-11-01", "9999-12-31")));
    expect([mistyped.code, mistyped.stderr]).toEqual([
      2,
      expect.stringMatching(/Line 2: 2025-10-30 up to 9999-12-31 are/),
    ]);
    expect((await run("costs", "import", "--with-gpus")).stderr).toContain("Name the file to import");
    const gpus = lines.replace("disks", "p4d.24xlarge");
    const asked = await run("costs", "import", file("gpu.csv", gpus), "--with-gpus", "NC4as T4 v3, g5.xlarge");
    expect(asked.stderr).toContain('"p4d.24xlarge" looks like GPU time');
    for (const args of [
      ["--with-gpus", file("gpu.csv", gpus)],
      [file("gpu.csv", gpus), "--with-gpus", "NC4as T4 v3, p4d.24xlarge"],
    ]) {
      const id = / as (\S+)\.\n/.exec((await ok("costs", "import", ...args)).stderr)?.[1] ?? "";
      await ok("costs", "remove", id, "--yes");
    }
    const imported = (await ok("costs", "import", file("bill.csv", lines))).stderr;
    expect(imported).toContain("Imported 1 line of 4.000000 USD");
    expect(imported).toContain("Spread over 2 days, 2025-10-30 to 2025-10-31: all of it in open periods.");
    expect((await ok("costs", "list")).rows().filter((r) => r.removed === "")).toMatchObject([
      { file: "bill.csv", amount: "4.000000" },
    ]);
    const kept = await run("costs", "remove", "nothing", "--yes");
    expect([kept.code, kept.stderr]).toEqual([2, expect.stringContaining("There is no import nothing")]);
    await ok("charge");
    const compared = (await ok("policies", "compare", "--month", "2025-10", "--vary", "unallocated")).rows();
    expect(compared.some((r) => Object.values(r).includes("Vision"))).toBe(true);
  });

  it("is closed once what is open is let pass, written as files, and proven", async () => {
    // A day that is metered and not charged yet, then a price that it lacks: neither can be closed over by accident.
    await meterDay(ledger.db, 20251029, [held(1, 24)]);
    const open = await run("close", "--month", "2025-10");
    expect([open.code, open.stdout]).toEqual([1, expect.stringContaining("blocks: uncharged: 1 day")]);
    const refused = await run("close", "--month", "2025-10", "--yes");
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("uncharged")]);
    await ok("charge");
    const closed = await ok("close", "--month", "2025-10", "--yes");
    // 24 hours a day at 2.50, three days: the first all of Vision; then 10 of Vision, 2 of no team, 12 free by charges; and the bill.
    const amounts = closed.stdout
      .trim()
      .split("\n")
      .map((l) => l.split(/ {2,}/).slice(1));
    expect(amounts).toEqual([
      ["Vision", "164.000000 USD"],
      ["Unassigned", "20.000000 USD"],
      ["Platform", "0.000000 USD"],
    ]);
    expect((await run("close", "--month", "2025-10", "--yes")).code).toBe(1);
    expect((await ok("periods")).stdout).toMatch(/2025-10 .* closed +184\.00 USD/);
    const statement = (await ok("statement", "--month", "2025-10", "--team", "vision")).rows();
    expect(statement.reduce((sum, r) => sum + Math.round(Number(r.amount) * 1e6), 0)).toBe(164_000_000);
    const out = path.join(folder, "journal.csv");
    const journal = await ok("statement", "--month", "2025-10", "--format", "journal", "--out", out);
    expect(journal.stderr).toContain("Team Unassigned has no GL account and no cost centre");
    expect(journal.stderr).not.toContain("drafts");
    expect(readFileSync(out, "utf8")).toContain("GL-2025-10-0001");
    const none = await run("statement", "--month", "2025-10", "--team", "Nobody");
    expect([none.code, none.stdout, none.stderr]).toEqual([2, "", expect.stringContaining("There is no team")]);
    expect((await ok("audit", "--month", "2025-10")).stdout).toContain("2025-10 (closed) adds up");
    const late = await run("policies", "set", "unallocated", "equal", "--from", "2025-10-15");
    expect([late.code, late.stderr]).toEqual([0, expect.stringMatching(/correct|charged again/)]);
  });
});
