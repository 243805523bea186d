import Database from "better-sqlite3";
import { parse } from "csv-parse/sync";
import { renderToStaticMarkup } from "react-dom/server";
import { readSheet } from "read-excel-file/node";
import { extractText, getDocumentProxy } from "unpdf";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sqliteFile } from "@/db/testing.ts";
import { statementFile } from "@/lib/api/statement-files.ts";
import { loadCharges } from "@/lib/charges/load.ts";
import { ctxOf } from "@/lib/charges/testing-ledger.ts";
import { CLASSES } from "@/lib/classes.ts";
import { auditPeriod, verifyChain } from "@/lib/closing/audit.ts";
import { loadRaw } from "@/lib/closing/audit-load.ts";
import { closePeriod } from "@/lib/closing/close.ts";
import { ChargesHash, hashClose, hashStatement } from "@/lib/closing/seal.ts";
import { SETTINGS, seedOctober } from "@/lib/closing/testing-close.ts";
import { sumExactly } from "@/lib/money.ts";
import { daysIn } from "@/lib/periods/period.ts";
import { classParts } from "@/lib/statements/class-parts.ts";
import { loadStatement } from "@/lib/statements/load.ts";
import { Charts } from "./[period]/[team]/charts.tsx";

const PERIOD = "2026-10";
const VISION = 11;
const ACCOUNTS = { recoveryAccount: "749000", recoveryCostCentre: "CC-9000" };

/** How another version names the classes: it has one that this version lacks, and lacks two that this version has. */
function otherClasses({ "dead-idle": dead, "idle-held": _, ...rest }: Readonly<Record<string, number>>) {
  return { ...rest, "power-capped": dead ?? 0 };
}

describe("a period that another version closed, with other classes", () => {
  let store: Awaited<ReturnType<typeof sqliteFile>>;
  const ctx = () => ctxOf(store.db);
  const statement = async () => (await loadStatement(ctx(), SETTINGS, PERIOD, VISION)).statement;
  async function file(format: string): Promise<Buffer> {
    const { chunks } = await statementFile(ctx(), SETTINGS, PERIOD, VISION, format, ACCOUNTS);
    const parts: Uint8Array[] = [];
    for await (const chunk of chunks) parts.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
    return Buffer.concat(parts);
  }

  beforeEach(async () => {
    store = await sqliteFile();
    await seedOctober(store.db);
    const { close } = await closePeriod(ctx(), SETTINGS, { period: PERIOD });
    const charges = new ChargesHash();
    for (const day of daysIn(close)) {
      const stored = await loadCharges(store.db, day);
      charges.add(stored.charges, stored.shares);
    }
    const frozen = (await loadRaw(store.db, PERIOD)).map((s) => {
      const header = { ...s.header, classMicros: otherClasses(s.header.classMicros) };
      return { number: s.number as string, header, hash: hashStatement({ ...s, header }) };
    });
    const { hash: _, ...rest } = close;
    const hash = hashClose({
      ...rest,
      chargesHash: charges.digest(),
      statements: frozen.map((s) => [s.number, s.hash]),
    });
    const raw = new Database(store.file);
    const triggers = raw.prepare("select name from sqlite_master where type = 'trigger'").pluck().all() as string[];
    for (const name of triggers) raw.exec(`drop trigger "${name}"`);
    for (const s of frozen)
      raw
        .prepare("update statements set header = ?, hash = ? where number = ?")
        .run(JSON.stringify(s.header), s.hash, s.number);
    raw.prepare("update closes set hash = ? where period_id = ?").run(hash, PERIOD);
    raw.close();
  });
  afterEach(() => store.drop());

  it("is whole to an audit: hashes are of the stored text", async () => {
    expect((await auditPeriod(ctx(), SETTINGS, PERIOD)).faults).toEqual([]);
    expect(await verifyChain(ctx(), SETTINGS)).toEqual([]);
  });

  it("reads with every amount: 0 in classes that it lacks, its own by their name", async () => {
    const { header } = await statement();
    const parts = classParts(header);
    expect(parts.map((p) => p.name)).toEqual([...CLASSES, "power-capped"]);
    expect(parts.find((p) => p.name === "dead-idle")).toMatchObject({ label: "Dead idle", micros: 0 });
    expect(parts.at(-1)).toMatchObject({ label: "Power capped", micros: 15_000_000 });
    expect(sumExactly(parts.map((p) => p.micros))).toBe(header.usageMicros);
  });

  it("shows them on the page, in the XLSX, the PDF and the JSON; its lines are those of any statement", async () => {
    const read = await statement();
    const html = renderToStaticMarkup(<Charts header={read.header} params={{}} />);
    const words = html.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ");
    expect(words).toContain("Cost by class Active $60.00 80.0 % Power capped $15.00 20.0 %");
    const json = JSON.parse((await file("json")).toString());
    expect(json.classes).toMatchObject({ active: 60, "dead-idle": 0, "idle-held": 0, "power-capped": 15 });
    const sheet = (await readSheet(await file("xlsx"), "Summary")) as unknown[][];
    expect(sheet.filter(([name]) => name === "Active" || name === "Power capped").map(([, amount]) => amount)).toEqual([
      60, 15,
    ]);
    const { text } = await extractText(await getDocumentProxy(new Uint8Array(await file("pdf"))), { mergePages: true });
    expect(text).toMatch(/Power capped\s+20(\.0)? ?%/);
    const lines: Record<string, string>[] = parse(await file("csv"), { columns: true, bom: true });
    expect(sumExactly(lines.map((l) => Math.round(Number(l.amount) * 1e6)))).toBe(read.header.roundedMicros);
  });
});
