import { createHash } from "node:crypto";
import { parse } from "csv-parse/sync";
import { unzipSync } from "fflate";
import { readSheet } from "read-excel-file/node";
import { getDocumentProxy } from "unpdf";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import { ctxOf } from "@/lib/charges/testing-ledger.ts";
import { closePeriod } from "@/lib/closing/close.ts";
import { SETTINGS, seedOctober } from "@/lib/closing/testing-close.ts";
import type { Ctx } from "@/lib/ctx.ts";
import {
  type FinanceDownload,
  PERIOD_FORMATS,
  periodFile,
  STATEMENT_FORMATS,
  statementFile,
} from "./statement-files.ts";

const ACCOUNTS = { recoveryAccount: "749000", recoveryCostCentre: "CC-9000" };

async function bytes({ chunks }: FinanceDownload): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
  return new Uint8Array(Buffer.concat(parts));
}

describe("the files of a closed period", () => {
  let store: TestDb;
  let ctx: Ctx;
  beforeAll(async () => {
    store = await sqliteFile();
    await seedOctober(store.db);
    ctx = ctxOf(store.db);
    await closePeriod(ctx, SETTINGS, { period: "2026-10" });
  });
  afterAll(() => store.drop());

  it("are all in the archive, each with its sum and not empty", async () => {
    const files = unzipSync(await bytes(await periodFile(ctx, SETTINGS, ACCOUNTS, "2026-10", "zip")));
    const { SHA256SUMS: sums = new Uint8Array(), ...others } = files;
    const listed = Buffer.from(sums)
      .toString("utf8")
      .trimEnd()
      .split("\n")
      .map((line) => line.split("  "));
    const teams = 3;
    // Neither the archive itself nor the journal team by team.
    expect(Object.keys(others)).toHaveLength(
      Object.keys(PERIOD_FORMATS).length - 1 + teams * (Object.keys(STATEMENT_FORMATS).length - 1),
    );
    expect(Object.keys(others).filter((name) => name.startsWith("journal"))).toEqual(["journal_all_2026-10.csv"]);
    expect(listed.map(([, name]) => name)).toEqual(Object.keys(others));
    for (const [sum, name = ""] of listed) {
      const file = others[name] as Uint8Array;
      expect(createHash("sha256").update(file).digest("hex")).toBe(sum);
      expect(file.length).toBeGreaterThan(200);
    }
  });

  it.each(Object.entries(STATEMENT_FORMATS))(
    "name the team, period and number: %s",
    async (format, { what, extension }) => {
      const file = await statementFile(ctx, SETTINGS, "2026-10", 11, format, ACCOUNTS);
      expect(file.name).toBe(`${what}_team-Vision_2026-10_GL-2026-10-0001.${extension}`);
      expect((await bytes(file)).length).toBeGreaterThan(200);
    },
  );

  it.each(Object.entries(PERIOD_FORMATS))(
    "of one cost centre are of its teams alone, and say so: %s",
    async (format, { what, extension }) => {
      const all = await bytes(await periodFile(ctx, SETTINGS, ACCOUNTS, "2026-10", format));
      const file = await periodFile(ctx, SETTINGS, ACCOUNTS, "2026-10", format, "CC-11");
      expect(file.name).toBe(`${what}_cost-centre-CC-11_2026-10.${extension}`);
      const part = await bytes(file);
      expect(part.length).toBeGreaterThan(200);
      expect(part.length).toBeLessThan(all.length);
    },
  );

  it("stay as they are when a project is renamed or a workload ends after the close, byte by byte", async () => {
    const all = async () =>
      Promise.all(
        ["csv", "json", "pdf", "focus"].map(async (f) =>
          bytes(await statementFile(ctx, SETTINGS, "2026-10", 11, f, ACCOUNTS)),
        ),
      );
    const before = await all();
    await store.db.write(async (tx) => {
      await tx.run(sql`update projects set name = 'renamed', department_name = 'other' where key = 1`);
      await tx.run(sql`update clusters set name = 'elsewhere'`);
      await tx.run(sql`update workloads set completed_at = ${Date.UTC(2026, 10, 5) / 1000} where key = 1`);
    });
    expect(await all()).toEqual(before);
    const workbook = await readSheet(
      Buffer.from(await bytes(await statementFile(ctx, SETTINGS, "2026-10", 11, "xlsx", ACCOUNTS))),
      "Workloads",
    );
    expect(JSON.stringify(workbook)).not.toMatch(/renamed|2026-11-05/);
    await store.db.write((tx) => tx.run(sql`update projects set name = 'vision' where key = 1`));
  });

  it("are on the paper that is set", async () => {
    const sizeOf = async (file: FinanceDownload) => (await (await getDocumentProxy(await bytes(file))).getPage(1)).view;
    const letter = { ...ACCOUNTS, pageSize: "Letter" } as const;
    expect(await sizeOf(await statementFile(ctx, SETTINGS, "2026-10", 11, "pdf", letter))).toEqual([0, 0, 612, 792]);
    expect(await sizeOf(await periodFile(ctx, SETTINGS, letter, "2026-10", "pdf"))).toEqual([0, 0, 612, 792]);
    const a4 = await sizeOf(await statementFile(ctx, SETTINGS, "2026-10", 11, "pdf", ACCOUNTS));
    expect(a4.map(Math.round)).toEqual([0, 0, 595, 842]);
  });

  it("of no cost centre are of teams without one; a cost centre that nobody has is reported", async () => {
    const none = await periodFile(ctx, SETTINGS, ACCOUNTS, "2026-10", "csv", "");
    expect(none.name).toBe("statements_no-cost-centre_2026-10.csv");
    const teams = new Set(
      parse(await bytes(none), { columns: true, bom: true }).map((r) => (r as { team: string }).team),
    );
    expect([...teams]).toEqual(["Unassigned", "Platform"]);
    await expect(periodFile(ctx, SETTINGS, ACCOUNTS, "2026-10", "csv", "CC-404")).rejects.toThrow(
      'No team of cost centre "CC-404" is charged anything in 2026-10.',
    );
  });
});
