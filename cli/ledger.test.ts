import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sqliteFile } from "@/db/testing.ts";
import { DAY_ONE, scenario } from "@/lib/reports/golden/testing-scenario.ts";
import { type Facts, seed } from "@/lib/reports/testing.ts";

const root = path.resolve(import.meta.dirname, "..");
let ledger: Awaited<ReturnType<typeof sqliteFile>>;
let large: Awaited<ReturnType<typeof sqliteFile>>;

/** More lines than a pipe holds. */
const many: Facts = {
  ...scenario,
  workloads: Array.from({ length: 8000 }, (_, i) => ({
    key: i + 1,
    cluster: "c-1",
    project: 7,
    id: `w-${i}`,
    name: `job ${i} `.padEnd(60, "x"),
    user: "ada",
  })),
  pods: [],
  usage: Array.from({ length: 8000 }, (_, i) => ({ at: DAY_ONE, hardware: 1, workload: i + 1, activeMilli: 3600 })),
};

beforeAll(async () => {
  ledger = await sqliteFile();
  await seed(ledger.db, scenario);
  large = await sqliteFile();
  await seed(large.db, many);
});
afterAll(async () => {
  await ledger.drop();
  await large.drop();
});

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(args: readonly string[], settings: Record<string, string> = {}) {
  const { PATH, HOME } = process.env;
  const env = { NODE_ENV: "test" as const, PATH, HOME, DATABASE_URL: `file:${ledger.file}`, ...settings };
  return spawn(process.execPath, ["--import", "./scripts/typescript.mjs", "cli/ledger.ts", ...args], {
    cwd: root,
    env,
  });
}

function run(args: readonly string[], settings?: Record<string, string>): Promise<Outcome> {
  const child = start(args, settings);
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (part) => (stdout += part));
  child.stderr.on("data", (part) => (stderr += part));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })));
}

const october = ["--from", "2026-10-01", "--to", "2026-11-01"];
const report = (...args: string[]) => ["report", ...args];

describe("ledger report", () => {
  it("writes the golden file to stdout, and nothing else anywhere", async () => {
    const golden = readFileSync(path.join(root, "lib/reports/golden/usage-by-project.csv"), "utf8");
    expect(await run(report("usage-by-project", ...october))).toEqual({ code: 0, stdout: golden, stderr: "" });
  });

  it("writes a file, of one project, as JSON", async () => {
    const out = path.join(path.dirname(ledger.file), "vision.json");
    const args = report(
      "usage-by-workload",
      "--month",
      "2026-10",
      "--project",
      "vision",
      "--format",
      "json",
      "--out",
      out,
    );
    expect(await run(args)).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(JSON.parse(readFileSync(out, "utf8")).rows).toHaveLength(2);
  });

  it("lists the reports without a ledger", async () => {
    const { code, stdout } = await run(report("--list"), { DATABASE_URL: "file:/nowhere/ledger.db" });
    expect(code).toBe(0);
    expect(stdout.split("\n").map((line) => line.split(" ")[0])).toEqual(
      expect.arrayContaining(["capacity", "suspicious"]),
    );
  });

  it.each<[string, string[], string | RegExp, Record<string, string>?]>([
    ["no command", [], "Usage: ledger"],
    ["an unknown command", ["repot"], /unknown command 'repot'\n\(Did you mean report\?\)/],
    ["an unknown option", report("capacity", "--form", "2026-10-01"), "unknown option '--form'"],
    ["no report", report(), "Which report? --list names them."],
    ["an unknown report", report("capcity", ...october), 'There is no report "capcity". Did you mean "capacity"?'],
    ["no period", report("capacity"), "Which period? Give --from and --to"],
    ["half a period", report("capacity", "--from", "2026-10-01"), "give both from and to"],
    ["an empty period", report("capacity", "--from", "2026-10-02", "--to", "2026-10-01"), "The period is empty"],
    [
      "what is not a day",
      report("capacity", "--from", "2026-02-30", "--to", "2026-03-02"),
      "not a date of the calendar",
    ],
    ["a filter it does not have", report("capacity", ...october, "--project", "vision"), 'has no filter "project"'],
    ["an unknown project", report("utilization", ...october, "--project", "visoin"), 'Did you mean "vision"?'],
    ["an unknown format", report("capacity", ...october, "--format", "pdf"), '"pdf" is not a format'],
    ["a folder to write to", report("capacity", ...october, "--out", tmp()), "is a folder"],
    ["wrong settings", report("capacity", ...october), /BILLING_TIME_ZONE: expected/, { BILLING_TIME_ZONE: "Mars" }],
    ["no ledger", report("capacity", ...october), "There is no ledger at", { DATABASE_URL: "file:/nowhere/ledger.db" }],
  ])("answers %s with 2 and one plain message", async (_, args, message, settings) => {
    const { code, stdout, stderr } = await run(args, settings);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });

  it("answers a failure with 1", async () => {
    const file = path.join(root, "package.json");
    const { code, stderr } = await run(report("capacity", ...october), { DATABASE_URL: `file:${file}` });
    expect(stderr).toContain("package.json");
    expect(code).toBe(1);
  });

  it("shows a stack when the log is set to debug", async () => {
    expect((await run(report("capcity", ...october), { LOG_LEVEL: "debug" })).stderr).toMatch(/^\s+at /m);
  });

  it("is quiet when its reader has seen enough", async () => {
    const child = start(report("utilization", ...october), { DATABASE_URL: `file:${large.file}` });
    let stderr = "";
    child.stderr.on("data", (part) => (stderr += part));
    child.stdout.once("data", () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.on("close", resolve));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  it("stops cleanly with 130 on Ctrl-C", async () => {
    const child = start(report("utilization", ...october), { DATABASE_URL: `file:${large.file}` });
    // Nobody reads on, so it waits for its reader until it is stopped.
    await new Promise((resolve) => child.stdout.once("readable", resolve));
    child.kill("SIGINT");
    const code = await new Promise((resolve) => child.on("exit", resolve));
    child.stdout.destroy();
    expect(code).toBe(130);
  });

  it("has help for the program and each command", async () => {
    const [program, command] = [await run(["--help"]), await run(["help", "report"])];
    expect([program.code, command.code]).toEqual([0, 0]);
    expect(program.stdout).toContain("Exit codes");
    expect(command.stdout).toContain("--out <file>");
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
    expect((await run(["--version"])).stdout.trim()).toBe(version);
  });
});

function tmp(): string {
  return path.join(root, "cli");
}
