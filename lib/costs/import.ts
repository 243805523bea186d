import { createHash } from "node:crypto";
import { listClusterNames } from "@/lib/attribution/rule-store.ts";
import { getTeam, listTeams } from "@/lib/attribution/team-store.ts";
import { allow } from "@/lib/auth/allow.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import { firstMeteredDay, forgetDays, forgetSpans, listClosedDays } from "@/lib/charges/due-store.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { sumExactly } from "@/lib/money.ts";
import { loadPriceBook } from "@/lib/pricing/price-store.ts";
import { dateOf, dateOfKey, dayKey } from "@/lib/time.ts";
import { readCostCsv } from "./csv.ts";
import type { CostFile } from "./file.ts";
import { isFocus, readFocus } from "./focus.ts";
import { daysOf, joinSpans, type Spread, spreadOf } from "./spread.ts";
import { countImports, findImport, insertImport, listCostLines, markRemoved } from "./store.ts";

export interface ImportRequest {
  /** What the file is called. */
  readonly name: string;
  readonly text: string;
  /** Whose all of it is; 0: nobody's; undefined: as the file says. */
  readonly teamKey?: number | undefined;
  readonly withGpus?: boolean | undefined;
  readonly billed?: boolean | undefined;
}

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

/** More than a year of one team's rows; a larger file is split. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Reads a file as an import would, without writing. @throws AppError `invalid` that lists every line that is wrong. */
export async function readCosts(ctx: Ctx, request: ImportRequest, place: Place): Promise<CostFile> {
  allow(ctx.viewer, "costs.import");
  if (request.text.length > MOST_BYTES)
    throw new AppError("invalid", `The file is larger than ${MOST_BYTES / 1024 / 1024} MiB: import it in parts.`);
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
  return isFocus(request.text) ? readFocus(request.text, context) : readCostCsv(request.text, context);
}

/**
 * Imports cost that another system billed: all lines of a file, or none. Its days are charged by the next run.
 * @throws AppError as readCosts; `conflict` for a file that is imported already.
 */
export async function importCosts(ctx: Ctx, request: ImportRequest, place: Place): Promise<Imported> {
  const file = await readCosts(ctx, request, place);
  if (file.lines.length === 0) throw new AppError("invalid", `Nothing was imported: ${file.notes.join(" ")}`);
  const hash = createHash("sha256").update(request.text).digest("hex").slice(0, 32);
  return ctx.db.write(async (tx) => {
    const there = await findImport(tx, hash);
    if (there)
      throw new AppError(
        "conflict",
        `This file was imported already, as ${there.name}: remove that import first to import it again.`,
      );
    const id = `${hash}-${(await countImports(tx, hash)) + 1}`;
    const imported = { id, name: request.name, format: file.format, importedBy: ctx.viewer.id, importedAt: ctx.now() };
    await insertImport(tx, imported, file.lines);
    await forgetDays(tx, daysOf(file.lines), ctx.now());
    const totalMicros = sumExactly(file.lines.map((l) => l.amountMicros));
    const sharedMicros = sumExactly(file.lines.filter((l) => l.teamKey === 0).map((l) => l.amountMicros));
    const after = { name: request.name, lines: file.lines.length, totalMicros, sharedMicros };
    await recordAct(tx, ctx, { action: "costs.import", subject: `cost/${id}`, before: null, after, reason: "" });
    const spread = spreadOf(file.lines, place.openUntilDay);
    return { id, lines: file.lines.length, totalMicros, sharedMicros, spread, notes: file.notes };
  });
}

/**
 * Takes an import back: its days are charged without it by the next run.
 * @throws AppError `not_found`; `conflict` for one that is removed already; `period_closed`.
 */
export async function removeCosts(ctx: Ctx, id: string, reason = ""): Promise<void> {
  allow(ctx.viewer, "costs.import");
  await ctx.db.write(async (tx) => {
    const lines = await listCostLines(tx, id);
    const name = await markRemoved(tx, id, ctx.now());
    if (name === null) throw new AppError("not_found", "There is no such import, or it is removed already.");
    for (const { fromDay, untilDay } of await listClosedDays(tx))
      if (lines.some((l) => l.untilDay > fromDay && l.fromDay < untilDay))
        throw new AppError(
          "period_closed",
          `${name} has cost of ${dateOfKey(fromDay)} to ${dateOfKey(untilDay)}, which is closed: import a line of the opposite amount in an open period instead.`,
        );
    // Its days were marked when it was imported, by whatever version: they are not counted here.
    await forgetSpans(tx, joinSpans(lines));
    const before = { name, lines: lines.length, totalMicros: sumExactly(lines.map((l) => l.amountMicros)) };
    await recordAct(tx, ctx, { action: "costs.import", subject: `cost/${id}`, before, after: null, reason });
  });
}
