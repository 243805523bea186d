import { createHash } from "node:crypto";
import { listTeams } from "@/lib/attribution/team-store.ts";
import { allow } from "@/lib/auth/allow.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import { needAllTeams } from "@/lib/auth/visible-teams.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { sumExactly } from "@/lib/money.ts";
import { loadPriceBook } from "@/lib/pricing/price-store.ts";
import { readBill } from "./read.ts";
import { type BillImportSum, deleteBill, findBillImport, insertBill, listBillImports, removeSources } from "./store.ts";

export interface ImportedBill {
  readonly id: string;
  readonly format: "focus" | "cur";
  readonly lines: number;
  readonly effectiveMicros: number;
  readonly gpuMicros: number;
  /** Lines of earlier versions of the same bills, which it replaces. */
  readonly replaced: number;
}

/**
 * Imports a bill to compare with: all lines of a file, or none. It replaces earlier versions of the same bills (provider, account, billing
 * period). Charges do not change. @throws AppError `forbidden`; `invalid` that lists what is wrong; `conflict` for the same file.
 */
export async function importBill(ctx: Ctx, name: string, bytes: Uint8Array): Promise<ImportedBill> {
  allow(ctx.viewer, "costs.import");
  const { currency, zone: billingTimeZone } = ctx.ledger;
  const [teams, book] = await Promise.all([listTeams(ctx.db), loadPriceBook(ctx.db, currency)]);
  const { format, lines } = readBill(name, bytes, { teams, book, billingTimeZone });
  if (lines.length === 0) throw new AppError("invalid", `Nothing was imported: no line of ${name} costs anything.`);
  const id = createHash("sha256").update(bytes).digest("hex").slice(0, 32);
  return ctx.db.write(async (tx) => {
    const there = await findBillImport(tx, id);
    if (there) throw new AppError("conflict", `This file was imported already, as ${there.name}.`);
    const replaced = await removeSources(tx, [...new Set(lines.map((line) => line.source))], ctx.db.dialect);
    await insertBill(tx, { id, name, format, importedBy: ctx.viewer.id, importedAt: ctx.now() }, lines);
    const effectiveMicros = sumExactly(lines.map((line) => line.effectiveMicros));
    const gpuMicros = sumExactly(lines.filter((line) => line.gpu !== "").map((line) => line.effectiveMicros));
    const after = { name, format, lines: lines.length, effectiveMicros, gpuMicros, replaced };
    await recordAct(tx, ctx, { action: "costs.import", subject: `bill/${id}`, before: null, after, reason: "" });
    return { id, format, lines: lines.length, effectiveMicros, gpuMicros, replaced };
  });
}

/** Removes an import. @throws AppError `forbidden`, `not_found`. */
export async function removeBill(ctx: Ctx, id: string, reason = ""): Promise<void> {
  allow(ctx.viewer, "costs.import");
  await ctx.db.write(async (tx) => {
    const found = await findBillImport(tx, id);
    if (!found) throw new AppError("not_found", `There is no bill ${id}.`);
    const lines = await deleteBill(tx, id);
    const before = { name: found.name, lines };
    await recordAct(tx, ctx, { action: "costs.import", subject: `bill/${id}`, before, after: null, reason });
  });
}

/** @throws AppError `forbidden` for who does not see all teams. */
export async function listVisibleBills(ctx: Ctx): Promise<BillImportSum[]> {
  allow(ctx.viewer, "costs.read");
  needAllTeams(ctx.viewer);
  return listBillImports(ctx.db);
}
