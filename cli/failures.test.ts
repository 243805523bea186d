import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer as createHttp } from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDb } from "@/db/client.ts";
import { jobViewer, systemNow } from "@/lib/ctx.ts";
import { csvFiles } from "@/lib/jobs/testing-october.ts";
import { silentLog } from "@/lib/log.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { DAY, dateOf, floorTo } from "@/lib/time.ts";
import { type Simulator, startSimulator } from "@/simulator/index.ts";
import { smallScenario } from "@/simulator/scenarios/small.ts";
import { runLedger } from "./testing.ts";

/** A small history in the real time, which the command line lives in. */
const start = floorTo(systemNow(), DAY) - 2 * DAY;
const scenario = smallScenario({ seed: 6, start, hours: 12, workloads: 20, faults: false });
const date = (at: number) => dateOf(at, "UTC");
const RANGE = ["--from", date(start), "--to", date(start + DAY)];
const ZERO = "http://127.0.0.1:9";

let folder: string;
let simulator: Simulator;
let before: Record<string, string>;
const open: Server[] = [];

async function listen(server: Server): Promise<number> {
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  return (server.address() as AddressInfo).port;
}

const fileOf = (name: string) => path.join(folder, `${name}.db`);

function settings(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    DATABASE_URL: `file:${fileOf("ledger")}`,
    RUNAI_URL: simulator.runaiUrl,
    RUNAI_APP_ID: simulator.credentials.appId,
    RUNAI_APP_SECRET: simulator.credentials.appSecret,
    INITIAL_BACKFILL: "0",
    HTTP_RETRY_COUNT: "1",
    HTTP_RETRY_WAIT: "5ms",
    BACKFILL_STEP: "60s",
    ...more,
  };
}

async function reports(name: string): Promise<Record<string, string>> {
  const db = await openDb(`file:${fileOf(name)}`);
  try {
    const ctx = { db, now: () => start + 2 * DAY, viewer: jobViewer("test"), log: silentLog, ledger: testLedger() };
    return await csvFiles(ctx, { from: date(start), to: date(start + DAY) });
  } finally {
    await db.close();
  }
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "gpu-ledger-failures-"));
  simulator = await startSimulator({ scenario });
  const { code, stderr } = await runLedger(["backfill", ...RANGE], settings());
  expect({ code, stderr }).toMatchObject({ code: 0 });
  before = await reports("ledger");
  expect(Object.values(before).join("").split("\n").length).toBeGreaterThan(20);
});
afterAll(async () => {
  for (const server of open) server.close();
  await simulator.close();
  rmSync(folder, { recursive: true, force: true });
});

/** One message, no stack, nothing on stdout. */
async function fails(
  args: readonly string[],
  more: Record<string, string>,
  code: number,
  message: RegExp,
): Promise<void> {
  const outcome = await runLedger(args, settings(more));
  expect(outcome.stderr).toMatch(message);
  expect(outcome.stderr).not.toMatch(/^\s+at /m);
  expect(outcome.stderr.trim().split("\n").length).toBeLessThan(6);
  expect({ code: outcome.code, stdout: outcome.stdout }).toEqual({ code, stdout: "" });
}

describe("a source that cannot be read fails the sync with 1 and one message that says what to do", () => {
  it.each<[string, () => Promise<Record<string, string>>, RegExp]>([
    [
      "wrong credentials",
      async () => ({ RUNAI_APP_SECRET: "wrong" }),
      /did not accept the credentials .* check RUNAI_APP_ID and RUNAI_APP_SECRET/,
    ],
    [
      "an address without an API",
      async () => ({ RUNAI_URL: `http://127.0.0.1:${await listen(createHttp((_, r) => r.writeHead(404).end("{}")))}` }),
      /does not exist there \(404\): check that RUNAI_URL/,
    ],
    [
      "a login page",
      async () => ({
        RUNAI_URL: `http://127.0.0.1:${await listen(createHttp((_, r) => r.writeHead(200, { "content-type": "text/html" }).end("<html>Sign in</html>")))}`,
      }),
      /HTML page, not the API: RUNAI_URL may be a login page/,
    ],
    ["a refused port", async () => ({ RUNAI_URL: ZERO }), /refused the connection: check host and port of RUNAI_URL/],
    [
      "an unknown host",
      async () => ({ RUNAI_URL: "http://runai.invalid" }),
      /is unknown: check the spelling of RUNAI_URL/,
    ],
    [
      "Prometheus, while Run:ai works",
      async () => ({ PROMETHEUS_URL: ZERO }),
      /^Only part could be read \(20 workloads.*\nPrometheus is not reachable/s,
    ],
  ])("%s", async (_, more, message) => {
    await fails(["sync", "--once"], await more(), 1, message);
  });

  it.skipIf(!hasOpenssl())("a certificate that nobody signed (needs openssl)", async () => {
    const [key, cert] = [path.join(folder, "key.pem"), path.join(folder, "cert.pem")];
    const made = [
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-days",
      "1",
      "-subj",
      "/CN=localhost",
    ];
    execFileSync("openssl", [...made, "-keyout", key, "-out", cert], { stdio: "ignore" });
    const server = createHttps({ key: readFileSync(key), cert: readFileSync(cert) }, (_, r) => r.end("{}"));
    const url = `https://localhost:${await listen(server)}`;
    await fails(["sync", "--once"], { RUNAI_URL: url }, 1, /is not trusted \(self-signed\): set RUNAI_CA_FILE/);
  });

  it("a backfill without Prometheus, which names the cause and where to look", async () => {
    const copy = { DATABASE_URL: `file:${fileOf("half")}`, PROMETHEUS_URL: ZERO };
    await fails(
      ["backfill", "--from", date(start), "--to", date(start + DAY)],
      copy,
      1,
      /Prometheus is not reachable.*(Run it again|-- gaps)/s,
    );
    const gaps = await runLedger(["gaps", "--status", "open"], settings(copy));
    expect(gaps.stdout).toMatch(/^start,end,seconds,.*\r\n.*Prometheus is not reachable/);
  });

  it("and took nothing away from the ledger", async () => {
    expect(await reports("ledger")).toEqual(before);
  });
});

describe("an absurd backfill is refused with 2, before anything is opened, asked or written", () => {
  const slips: readonly (readonly [range: string[], sentence: RegExp])[] = [
    [["--from", "0001-01-01"], /^0001-01-01 is before the year 2000: check the year\.\n$/],
    [["--from", "2016-01"], /is more than any source keeps: choose a range of at most 1100 d\.\n$/],
    [["--from", "2026-10-02", "--to", "2026-10-01"], /^The range is empty: 2026-10-02 is not before 2026-10-01\.\n$/],
    [["--from", "2199-01-01"], /^2199-01-01T00:00:00Z is in the future: there is nothing to read yet\.\n$/],
    [
      ["--from", date(start - 90 * DAY), "--to", date(start - 60 * DAY)],
      /^The whole range is older than the 30 d that the sources keep \(SOURCE_RETENTION\): start the range on \S+ or end it later, or raise SOURCE_RETENTION/,
    ],
    [["--from", "2026-02-30"], /^"2026-02-30" is not a date of the calendar\.\n$/],
    [["--from", date(start), "--step", "1h"], /^--step 1h: expected a duration from 5s to 5m\.\n$/],
  ];

  async function refuses(range: readonly string[], sentence: RegExp, more: Record<string, string> = {}): Promise<void> {
    const asked = [...simulator.requests.runai.values()].reduce((a, b) => a + b, 0);
    const url = { DATABASE_URL: `file:${fileOf("never")}` };
    const outcome = await runLedger(["backfill", ...range], settings({ ...url, ...more }));
    expect(outcome).toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(sentence) });
    expect(existsSync(fileOf("never"))).toBe(false);
    expect([...simulator.requests.runai.values()].reduce((a, b) => a + b, 0)).toBe(asked);
  }
  it.each(slips)("%j", (range, sentence) => refuses(range, sentence));

  it("also where no source is set: the slip is what the person can mend first", async () => {
    const [range, sentence] = slips[0] as (typeof slips)[number];
    await refuses(range, sentence, { RUNAI_URL: "", RUNAI_APP_ID: "", RUNAI_APP_SECRET: "" });
  });
});

describe("what cannot be asked is refused with 2", () => {
  it.each<[string, string[], RegExp, Record<string, string>?]>([
    ["an unknown status of gaps", ["gaps", "--status", "lost"], /expected open, known, healed/],
    ["nothing to meter", ["meter", "--from", "2199-01-01"], /The range is empty|in the future/],
    [
      "an unknown time zone",
      ["sync", "--once"],
      /BILLING_TIME_ZONE: expected an IANA time zone/,
      { BILLING_TIME_ZONE: "Mars/Olympus" },
    ],
    [
      "several wrong settings at once",
      ["sync", "--once"],
      /RUNAI_URL: .*\n.*SAMPLE_STEP: expected at least 5s/,
      { RUNAI_URL: "runai", SAMPLE_STEP: "1s" },
    ],
    [
      "half of the credentials",
      ["sync", "--once"],
      /belong together: set all three, or none/,
      { RUNAI_APP_SECRET: "" },
    ],
    [
      "no source",
      ["sync", "--once"],
      /No source is configured/,
      { RUNAI_URL: "", RUNAI_APP_ID: "", RUNAI_APP_SECRET: "" },
    ],
  ])("%s", async (_, args, message, more = {}) => {
    await fails(args, more, 2, message);
  });
});

describe("a store that cannot be written fails with 1 and keeps what it has", () => {
  it("a damaged file", async () => {
    copyFileSync(fileOf("ledger"), fileOf("damaged"));
    const bytes = readFileSync(fileOf("damaged"));
    bytes.fill(0x5a, 0, 4096);
    writeFileSync(fileOf("damaged"), bytes);
    await fails(
      ["sync", "--once"],
      { DATABASE_URL: `file:${fileOf("damaged")}` },
      1,
      /is damaged .* Nothing was changed\. Restore a backup/,
    );
    expect(readFileSync(fileOf("damaged")).equals(bytes)).toBe(true);
  });

  it.skipIf(process.getuid?.() !== 0 || !canMount())("a full disk (needs the right to mount)", async () => {
    const disk = path.join(folder, "disk");
    mkdirSync(disk);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=24m", "tmpfs", disk]);
    try {
      copyFileSync(fileOf("ledger"), path.join(disk, "ledger.db"));
      const url = { DATABASE_URL: `file:${path.join(disk, "ledger.db")}` };
      const room = Number(execFileSync("df", ["--output=avail", "-k", disk]).toString().split("\n")[1]);
      writeFileSync(path.join(disk, "filler"), Buffer.alloc((room - 200) * 1024));
      await fails(
        ["backfill", ...RANGE, "--step", "30s"],
        url,
        1,
        /The disk of .* is full\. The last change was not written; nothing else was lost/,
      );
      rmSync(path.join(disk, "filler"));
      copyFileSync(path.join(disk, "ledger.db"), fileOf("full"));
      if (readable(path.join(disk, "ledger.db-wal")))
        copyFileSync(path.join(disk, "ledger.db-wal"), `${fileOf("full")}-wal`);
      expect(await reports("full")).toEqual(before);
      const again = await runLedger(["backfill", ...RANGE, "--step", "30s"], settings(url));
      expect(again).toMatchObject({ code: 0 });
    } finally {
      execFileSync("umount", [disk]);
    }
  });

  it.skipIf(process.getuid?.() !== 0 || !canMount())("a disk that is mounted read-only", async () => {
    await onDisk("read-only", 24, async (disk) => {
      const file = path.join(disk, "ledger.db");
      copyFileSync(fileOf("ledger"), file);
      const bytes = readFileSync(file);
      execFileSync("mount", ["-o", "remount,ro", disk]);
      const url = { DATABASE_URL: `file:${file}` };
      await fails(["sync", "--once"], url, 1, /cannot be (opened or )?written.*Check its permissions/);
      await fails(["charge"], url, 1, /cannot be (opened or )?written.*Check its permissions/);
      expect(await runLedger(["check"], settings(url))).toMatchObject({ code: 0 });
      expect(readdirSync(disk)).toEqual(["ledger.db"]);
      expect(readFileSync(file).equals(bytes)).toBe(true);
    });
  });

  it.skipIf(process.getuid?.() !== 0 || !canMount())(
    "a full disk for a backup, a report and a support file",
    async () => {
      await onDisk("full", 1, async (disk) => {
        const room = Number(execFileSync("df", ["--output=avail", "-k", disk]).toString().split("\n")[1]);
        writeFileSync(path.join(disk, "filler"), Buffer.alloc((room - 4) * 1024));
        for (const args of [
          ["backup", path.join(disk, "backup.db")],
          ["report", "usage-by-workload", ...RANGE, "--out", path.join(disk, "report.csv")],
        ]) {
          await fails(args, {}, 1, /full|ENOSPC|no space/i);
          // Half of a file would pass for a whole one.
          expect([args[0], readdirSync(disk)]).toEqual([args[0], ["filler"]]);
        }
      });
    },
  );

  it.skipIf(process.getuid?.() !== 0)("a file that may not be written (needs root)", async () => {
    const own = path.join(folder, "own");
    mkdirSync(own);
    copyFileSync(fileOf("ledger"), path.join(own, "ledger.db"));
    chmodSync(path.join(own, "ledger.db"), 0o444);
    chmodSync(own, 0o555);
    chmodSync(folder, 0o755);
    const outcome = await runLedger(
      ["sync", "--once"],
      settings({ DATABASE_URL: `file:${path.join(own, "ledger.db")}` }),
      65_534,
    );
    expect(outcome).toMatchObject({ code: 1, stdout: "" });
    expect(outcome.stderr).toMatch(/cannot be (written|opened).*Check its permissions/);
  });
});

/** Does something on a disk of its own, of so many MiB. */
async function onDisk(name: string, mebibytes: number, work: (disk: string) => Promise<void>): Promise<void> {
  const disk = path.join(folder, `disk-${name}`);
  mkdirSync(disk);
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${mebibytes}m`, "tmpfs", disk]);
  try {
    await work(disk);
  } finally {
    execFileSync("umount", [disk]);
  }
}

function hasOpenssl(): boolean {
  try {
    execFileSync("openssl", ["version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

function canMount(): boolean {
  const probe = mkdtempSync(path.join(tmpdir(), "gpu-ledger-mount-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", probe], { stdio: "ignore" });
    execFileSync("umount", [probe]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(probe, { recursive: true, force: true });
  }
}

function readable(file: string): boolean {
  try {
    return readFileSync(file).length > 0;
  } catch {
    return false;
  }
}
