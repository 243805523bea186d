import type { Tx } from "@/db/client.ts";
import { listClusterNames } from "@/lib/attribution/rule-store.ts";
import { getTeam, listTeams } from "@/lib/attribution/team-store.ts";
import { allow } from "@/lib/auth/allow.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import { firstMeteredDay, forgetDays, forgetSpans, listClosedDays } from "@/lib/charges/due-store.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { formatMicros, sumExactly } from "@/lib/money.ts";
import { loadPriceBook } from "@/lib/pricing/price-store.ts";
import { dateOf, dateOfKey, dayKey } from "@/lib/time.ts";
import { findOverlaps, lossWords, type Overlap, overlapWords } from "./overlap.ts";
import type { ReadCosts } from "./read.ts";
import { type CostUpload, readCostFileBeside } from "./read-beside.ts";
import { type DaySpan, daysOf, joinSpans, type Spread, spreadOf } from "./spread.ts";
import { countImports, findImport, insertImport, listCostLines, listStanding, markRemoved } from "./store.ts";

export interface ImportRequest extends CostUpload {
  /** Whose all of it is; 0: nobody's; undefined: as the file says. */
  readonly teamKey?: number | undefined;
  /** Takes lines that look like GPU time, too: all, or those of the names that are listed. */
  readonly withGpus?: boolean | readonly string[] | undefined;
  readonly billed?: boolean | undefined;
  /** What happens where an import has cost of the file already; it is refused unless somebody says. */
  readonly overlap?: OverlapChoice | undefined;
}

export const OVERLAP_CHOICES = ["refuse", "replace", "beside"] as const;
/** `replace`: the imports that have it are removed, if the file has all of their cost; `beside`: both are right. */
export type OverlapChoice = (typeof OVERLAP_CHOICES)[number];

interface Place {
  readonly currency: string;
  readonly billingTimeZone: string;
  /** The first day after the billing period of today. */
  readonly openUntilDay: number;
}

export interface Imported {
  readonly id: string;
  readonly lines: number;
  readonly totalMicros: number;
  readonly sharedMicros: number;
  readonly spread: Spread;
  readonly notes: readonly string[];
}

/** Imports that a refusal names. */
const MOST_OVERLAPS = 10;
/** Reads a file as an import would, without writing. @throws AppError `invalid` that lists every line that is wrong. */
export async function readCosts(ctx: Ctx, request: ImportRequest, place: Place): Promise<ReadCosts> {
  allow(ctx.viewer, "costs.import");
  if (request.teamKey) await getTeam(ctx.db, request.teamKey);
  const [teams, clusters, book, closed, firstDay] = await Promise.all([
    listTeams(ctx.db),
    listClusterNames(ctx.db),
    loadPriceBook(ctx.db, place.currency),
    listClosedDays(ctx.db),
    firstMeteredDay(ctx.db),
  ]);
  const { teamKey, withGpus = false, billed = false } = request;
  const bounds = { today: dayKey(dateOf(ctx.now(), place.billingTimeZone)), firstDay };
  const context = { teams, clusters, book, closed, ...place, bounds, teamKey, withGpus, billed };
  return readCostFileBeside(request, context);
}

/**
 * Imports cost that another system billed: all lines of a file, or none. Its days are charged by the next run.
 * @throws AppError as readCosts; `conflict` for a file that is imported already, or whose cost other imports have.
 */
export async function importCosts(ctx: Ctx, request: ImportRequest, place: Place): Promise<Imported> {
  const file = await readCosts(ctx, request, place);
  if (file.lines.length === 0) throw new AppError("invalid", `Nothing was imported: ${file.notes.join(" ")}`);
  const { hash } = file;
  const span = joinSpans(file.lines);
  const whole = { fromDay: span[0]?.fromDay ?? 0, untilDay: span.at(-1)?.untilDay ?? 0 };
  return ctx.db.write(async (tx) => {
    const there = await findImport(tx, hash);
    if (there)
      throw new AppError(
        "conflict",
        `This file was imported already, as ${there.name}: remove that import first to import it again.`,
      );
    const overlaps = findOverlaps(request.name, file.lines, await listStanding(tx, whole));
    const replaced = await settleOverlaps(tx, ctx, overlaps, request, place);
    const id = `${hash}-${(await countImports(tx, hash)) + 1}`;
    const imported = { id, name: request.name, format: file.format, importedBy: ctx.viewer.id, importedAt: ctx.now() };
    await insertImport(tx, imported, file.lines);
    await forgetDays(tx, daysOf(file.lines), ctx.now());
    const totalMicros = sumExactly(file.lines.map((l) => l.amountMicros));
    const sharedMicros = sumExactly(file.lines.filter((l) => l.teamKey === 0).map((l) => l.amountMicros));
    const after = { name: request.name, lines: file.lines.length, totalMicros, sharedMicros };
    await recordAct(tx, ctx, { action: "costs.import", subject: `cost/${id}`, before: null, after, reason: "" });
    const spread = spreadOf(file.lines, place.openUntilDay);
    return { id, lines: file.lines.length, totalMicros, sharedMicros, spread, notes: [...replaced, ...file.notes] };
  });
}

/**
 * Refuses a file whose cost other imports have, or removes them, as somebody chose. @returns what was done, in sentences.
 * @throws AppError `conflict` that names each of them; `period_closed`.
 */
async function settleOverlaps(
  tx: Tx,
  ctx: Ctx,
  overlaps: readonly Overlap[],
  { name, overlap = "refuse" }: ImportRequest,
  { currency }: Place,
): Promise<string[]> {
  if (overlaps.length === 0 || overlap === "beside") return [];
  const words = overlaps.slice(0, MOST_OVERLAPS).map((o) => overlapWords(o, currency));
  if (overlaps.length > words.length) words.push(`… and ${overlaps.length - words.length} more imports.`);
  if (overlap === "refuse")
    throw new AppError(
      "conflict",
      `Nothing was imported, because this cost may be there already:\n${words.join("\n")}\nReplace what is there, or import beside it if both are right.`,
    );
  for (const { importId, name } of overlaps) await refuseClosed(tx, name, await listCostLines(tx, importId));
  const losses = overlaps.map((o) => lossWords(o, name, currency)).filter((words) => words !== null);
  if (losses.length)
    throw new AppError(
      "conflict",
      `Nothing was imported, because to replace what is there would lose cost:\n${losses.slice(0, MOST_OVERLAPS).join("\n")}\nRemove what is there first, then import all of its cost again.`,
    );
  const done: string[] = [];
  for (const { importId } of overlaps) {
    const removed = await takeBack(tx, ctx, importId, `replaced by ${name}`);
    done.push(`Replaced ${removed.name}: ${removed.lines} lines of ${formatMicros(removed.totalMicros)} ${currency}.`);
  }
  return done;
}

/**
 * Takes an import back: its days are charged without it by the next run.
 * @throws AppError `not_found`; `conflict` for one that is removed already; `period_closed`.
 */
export async function removeCosts(ctx: Ctx, id: string, reason = ""): Promise<void> {
  allow(ctx.viewer, "costs.import");
  await ctx.db.write(async (tx) => {
    await takeBack(tx, ctx, id, reason);
  });
}

async function takeBack(tx: Tx, ctx: Ctx, id: string, reason: string) {
  const lines = await listCostLines(tx, id);
  const name = await markRemoved(tx, id, ctx.now());
  if (name === null) throw new AppError("not_found", "There is no such import, or it is removed already.");
  await refuseClosed(tx, name, lines);
  // Its days were marked when it was imported, by whatever version: they are not counted here.
  await forgetSpans(tx, joinSpans(lines));
  const before = { name, lines: lines.length, totalMicros: sumExactly(lines.map((l) => l.amountMicros)) };
  await recordAct(tx, ctx, { action: "costs.import", subject: `cost/${id}`, before, after: null, reason });
  return before;
}

/** @throws AppError `period_closed` if an import has lines of a closed period. */
async function refuseClosed(tx: Tx, name: string, lines: readonly DaySpan[]): Promise<void> {
  for (const { fromDay, untilDay } of await listClosedDays(tx))
    if (lines.some((l) => l.untilDay > fromDay && l.fromDay < untilDay))
      throw new AppError(
        "period_closed",
        `${name} has cost of ${dateOfKey(fromDay)} to ${dateOfKey(untilDay)}, which is closed: import a line of the opposite amount in an open period instead.`,
      );
}
