import { readFileSync } from "node:fs";
import { parse } from "node-html-parser";
import { renderToStaticMarkup } from "react-dom/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runLedger } from "@/cli/testing.ts";
import { formatNumber } from "@/components/format.ts";
import { sql } from "@/db/client.ts";
import { sqliteFile } from "@/db/testing.ts";
import { ctxOf } from "@/lib/charges/testing-ledger.ts";
import { ADVICE } from "@/lib/metering/held/advice.ts";
import { OPEN_KINDS, type OpenKind } from "@/lib/metering/held/open-kinds.ts";
import { loadOpenItems } from "@/lib/pages/sync-state.ts";
import { OpenItems } from "./open-items.tsx";

/** Every kind of open item, with every text that metering writes for it, where people read them. */

interface Case {
  readonly kind: OpenKind;
  readonly subject: string;
  readonly hours: string;
  readonly detail: string;
}

const CASES: readonly Case[] = OPEN_KINDS.flatMap((kind, k) =>
  ADVICE[kind].map((detail, n) => {
    return { kind, detail, subject: `${kind}-of-${n}`, hours: (100 + 7 * k + n / 4).toFixed(2) };
  }),
);
const START = 1_793_469_600;

let store: Awaited<ReturnType<typeof sqliteFile>>;
beforeAll(async () => {
  store = await sqliteFile();
  await store.db.write(async (tx) => {
    for (const { kind, subject, hours, detail } of CASES)
      for (const bucket of [0, 1])
        await tx.run(sql`insert into findings (bucket_at, cluster_id, kind, subject, quantity_milli, detail)
          values (${START + 3600 * bucket}, 'c1', ${kind}, ${subject}, ${(Number(hours) * 3_600_000) / 2}, ${detail})`);
  });
});
afterAll(() => store.drop());

describe("every kind of open item", () => {
  it("is named by ledger check with its GPU-hours and what to do", async () => {
    const { code, stdout } = await runLedger(["check"], { DATABASE_URL: `file:${store.file}` });
    expect(code).toBe(0);
    const lines = stdout.split("\n");
    for (const { kind, subject, hours, detail } of CASES)
      expect(lines).toContain(
        `open: ${kind}: ${subject} (c1): ${hours} GPU-hours in the hours of 2026-10-31T18:00:00Z to 2026-10-31T19:00:00Z. ${detail}`,
      );
  });

  it("is on the page with its GPU-hours and what to do", async () => {
    const items = await loadOpenItems(ctxOf(store.db));
    expect(items).toHaveLength(CASES.length);
    const page = parse(renderToStaticMarkup(<OpenItems items={items} zone="UTC" />));
    const rows = page.querySelectorAll("tbody tr").map((row) => row.text);
    for (const { kind, subject, hours, detail } of CASES) {
      const row = rows.find((text) => text.includes(subject));
      expect(row).toContain(kind);
      expect(row).toContain(formatNumber(Number(hours)));
      expect(row).toContain(detail);
    }
  });

  it("is explained in the accounting rules", () => {
    const rules = readFileSync("docs/accounting.md", "utf8");
    for (const kind of OPEN_KINDS) expect(rules).toContain(`\`${kind}\``);
  });

  it("says what to do", () => {
    const act = /\b(read|check|compare|let|delete|restart|give|look for|nothing has to be done)\b/i;
    for (const { kind, detail } of CASES) expect(`${kind}: ${detail}`).toMatch(act);
  });
});
