import { type Db, sql } from "@/db/client.ts";
import { costImports, costLines, meteredDays, sharePolicies } from "@/db/schema/index.ts";
import type { ShareMethod } from "@/lib/allocation/types.ts";
import { forgetDays } from "@/lib/charges/due-store.ts";
import { chargeDue } from "@/lib/charges/run.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { addDays, daysBetween } from "@/lib/time.ts";
import { listReports } from "./index.ts";
import type { Report, Row } from "./report.ts";

/** The reports that contain money, by slug. */
export const costReports = (): Report[] => listReports().filter((r) => r.columns.some((c) => c.key === "currency"));

/** One policy for all that nobody held, and for imported cost of nobody. */
export async function seedPolicy(db: Db, method: ShareMethod): Promise<void> {
  await db.write((tx) =>
    tx.insert(
      sharePolicies,
      (["unallocated", "down", "unknown", "shared"] as const).map((costClass) => {
        return { clusterId: "", costClass, fromDay: 20200101, method, decidedBy: "seed", decidedAt: 0 };
      }),
    ),
  );
}

export interface SeedCost {
  readonly fromDay: number;
  readonly untilDay: number;
  /** 0: of nobody. */
  readonly teamKey: number;
  readonly clusterId: string;
  readonly amountMicros: number;
}

/** Cost that other systems billed, past its verb. */
export async function seedCosts(db: Db, lines: readonly SeedCost[]): Promise<void> {
  await db.write(async (tx) => {
    await tx.insert(costImports, [
      { id: "bill", name: "bill", format: "csv", importedBy: "seed", importedAt: 0, removedAt: null },
    ]);
    await tx.insert(
      costLines,
      lines.map((line, position) => ({
        ...line,
        importId: "bill",
        position,
        category: "storage",
        description: "disks",
        currency: "USD",
        billedMicros: line.amountMicros,
      })),
    );
    for (const { fromDay, untilDay } of lines)
      await forgetDays(
        tx,
        Array.from({ length: daysBetween(fromDay, untilDay) }, (_, i) => addDays(fromDay, i)),
        0,
      );
  });
}

/** Charges every day that has usage. */
export async function chargeEverything(ctx: Ctx): Promise<void> {
  await ctx.db.write((tx) =>
    tx.run(sql`insert into ${meteredDays} (cluster_id, day, revision)
      select distinct h.cluster_id, d.day, 1 from usage_days d join hardware h on h.key = d.hardware_key where true
      on conflict (cluster_id, day) do nothing`),
  );
  await chargeDue(ctx, { currency: "USD", billingTimeZone: "UTC" });
}

/** All rows of a report. */
export async function rowsOf(pages: AsyncIterable<readonly Row[]>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const page of pages) rows.push(...page);
  return rows;
}
