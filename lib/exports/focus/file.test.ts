import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { goldenStatement, statementOf, usageLine } from "@/lib/exports/testing-statement.ts";
import type { FocusVersion } from "./columns.ts";
import { type FocusSource, focusFile } from "./file.ts";
import { detailsOf } from "./testing-focus.ts";

async function text(sources: readonly FocusSource[], version?: FocusVersion): Promise<string> {
  let out = "";
  for await (const chunk of focusFile(sources, version)) out += chunk;
  return out;
}
const source = (statement = goldenStatement()): FocusSource => ({ statement, details: () => detailsOf(statement) });

describe("focusFile", () => {
  it("has one header and the rows of every statement", async () => {
    const drafts = [1, 2].map((n) =>
      source(statementOf({ number: null, lines: [usageLine(n * 3_600_000, 2_500_000_000)] })),
    );
    const rows: Record<string, string>[] = parse(await text([source(), ...drafts]), { columns: true });
    expect(new Set(rows.map((r) => r.InvoiceId))).toEqual(new Set(["GL-2026-10-0003", ""]));
    expect(rows.filter((r) => r.x_LineKind === "rounding")).toHaveLength(3);
    expect((await text([])).split("\r\n")).toHaveLength(2);
  });

  it("has the columns of the version that is asked for, and says the same in them", async () => {
    const read = async (version?: FocusVersion): Promise<Record<string, string>[]> =>
      parse(await text([source()], version), { columns: true });
    const [usual, one2, one3, one4] = [await read(), await read("1.2"), await read("1.3"), await read("1.4")];
    expect(usual).toEqual(one2);
    const columns = (rows: readonly Record<string, string>[]) =>
      Object.keys(rows[0] ?? {}).filter((name) => !name.startsWith("x_"));
    expect([columns(one2), columns(one3), columns(one4)].map((list) => list.length)).toEqual([57, 59, 57]);
    expect(columns(one4)).not.toContain("ProviderName");
    expect(columns(one4)).toEqual([...columns(one4)].sort());
    for (const [i, row] of one4.entries()) {
      const { HostProviderName: host, ServiceProviderName: service, ...rest } = row;
      expect([host, service]).toEqual([one2[i]?.ProviderName, one2[i]?.ProviderName]);
      expect(one2[i]).toMatchObject(rest);
    }
  });

  it("writes nothing when a row is wrong, and says where", async () => {
    const { header, ...rest } = goldenStatement();
    const file = focusFile([source({ ...rest, header: { ...header, currency: "usd" } })]);
    await expect(file.next()).rejects.toThrow(/not made.*row 0|not made.*row 1|not a currency/);
    const late = statementOf({ header: { period: { ...header.period, end: header.period.start } } });
    await expect(focusFile([source(late)]).next()).rejects.toThrow(/in row 1: .* \(GL-/);
  });
});
