import { listTeams } from "@/lib/attribution/team-store.ts";
import { allow } from "@/lib/auth/allow.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import { needAllTeams } from "@/lib/auth/visible-teams.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { sumExactly } from "@/lib/money.ts";
import { loadPriceBook } from "@/lib/pricing/price-store.ts";
import { type BillFile, hashOf, type ReadBill } from "./read.ts";
import { readBillBeside } from "./read-beside.ts";
import { replacementProblem } from "./replace.ts";
import {
  type BillImportSum,
  deleteBill,
  findBillImport,
  insertBill,
  listBillImports,
  listStanding,
  loadInstanceGpus,
  removeSources,
} from "./store.ts";

export interface ImportedBill {
  readonly id: string;
  readonly format: "focus" | "cur";
  readonly lines: number;
  readonly effectiveMicros: number;
  readonly gpuMicros: number;
  /** Lines of earlier versions of the same bills, which it replaces. */
  readonly replaced: number;
}

/** A file of a bill, or one part of it. */
export interface BillUpload {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * Imports a bill to compare with: all lines of its files, or none. It replaces earlier versions of the same bills (provider, account, billing
 * period) where nothing of them is lost, or where `replace` says so. Charges do not change.
 * @param files at least one; several: all parts of one export. @throws AppError `forbidden`; `invalid` that lists what is wrong;
 * `conflict` for what is imported already, and for what could be another part of a bill that is there.
 */
export async function importBill(
  ctx: Ctx,
  files: readonly BillUpload[],
  { replace = false }: { readonly replace?: boolean } = {},
): Promise<ImportedBill> {
  allow(ctx.viewer, "costs.import");
  const { currency } = ctx.ledger;
  const { id, name, format, lines } = await readFiles(ctx, files);
  return ctx.db.write(async (tx) => {
    const there = await findBillImport(tx, id);
    if (there) throw new AppError("conflict", `This file was imported already, as ${there.name}.`);
    const sources = [...new Set(lines.map((line) => line.source))];
    const standing = replace ? [] : await listStanding(tx, sources, ctx.db.dialect);
    const problem = replacementProblem(name, lines, standing, currency);
    if (problem) throw new AppError("conflict", problem);
    const replaced = await removeSources(tx, sources, ctx.db.dialect);
    await insertBill(tx, { id, name, format, importedBy: ctx.viewer.id, importedAt: ctx.now() }, lines);
    const effectiveMicros = sumExactly(lines.map((line) => line.effectiveMicros));
    const gpuMicros = sumExactly(lines.filter((line) => line.gpu !== "").map((line) => line.effectiveMicros));
    const after = { name, format, lines: lines.length, effectiveMicros, gpuMicros, replaced };
    await recordAct(tx, ctx, { action: "costs.import", subject: `bill/${id}`, before: null, after, reason: "" });
    return { id, format, lines: lines.length, effectiveMicros, gpuMicros, replaced };
  });
}

/** Files as one bill: the same id in whatever order they are named. */
async function readFiles(ctx: Ctx, files: readonly BillUpload[]): Promise<BillFile & { id: string; name: string }> {
  const { currency, zone: billingTimeZone } = ctx.ledger;
  const [teams, book, gpus] = await Promise.all([
    listTeams(ctx.db),
    loadPriceBook(ctx.db, currency),
    loadInstanceGpus(ctx.db),
  ]);
  const context = { teams, book, billingTimeZone };
  const read: ReadBill[] = [];
  for (const { name, bytes } of files) {
    const file = await readBillBeside({ name, bytes, context, gpus });
    if (read.some(({ hash }) => hash === file.hash))
      throw new AppError("invalid", `Nothing was imported: ${name} is named twice, or has a copy.`);
    read.push(file);
  }
  const hashes = read.map(({ hash }) => hash);
  const [first, format] = [files[0]?.name ?? "", read[0]?.format ?? "focus"];
  if (read.some((file) => file.format !== format))
    throw new AppError("invalid", "Nothing was imported: the files of one import have the same format.");
  const name = files.length > 1 ? `${first} and ${files.length - 1} more` : first;
  const lines = read.flatMap((file) => file.lines);
  if (lines.length === 0) throw new AppError("invalid", `Nothing was imported: no line of ${name} costs anything.`);
  return { id: hashes.length > 1 ? hashOf(hashes.sort().join()) : (hashes[0] as string), name, format, lines };
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
