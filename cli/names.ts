import type { Command } from "commander";
import { listClusterNames } from "@/lib/attribution/rule-store.ts";
import { listTeams } from "@/lib/attribution/team-store.ts";
import type { Team } from "@/lib/attribution/types.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { csvChunks } from "@/lib/exports/csv.ts";
import { jsonRow } from "@/lib/exports/json.ts";
import { suggest } from "@/lib/reports/read/near-names.ts";
import type { Column, Row } from "@/lib/reports/report.ts";
import { formatInstant } from "@/lib/time.ts";
import type { Io } from "./io.ts";

/** The team of a name as a person typed it, or of its key. @throws AppError `not_found` with the nearest names. */
export async function teamNamed({ db }: Ctx, wanted: string): Promise<Team> {
  const teams = await listTeams(db);
  const text = wanted.trim().toLowerCase();
  const found = teams.find((t) => t.name.toLowerCase() === text || String(t.key) === text);
  if (found) return found;
  const names = teams.map((t) => t.name);
  throw new AppError("not_found", `There is no team "${wanted}".${suggest(wanted, names)}`);
}

/** The id of a cluster by its name or id; empty for all. @throws AppError `not_found` with the nearest names. */
export async function clusterIdOf({ db }: Ctx, wanted: string | undefined): Promise<string> {
  if (!wanted) return "";
  const clusters = await listClusterNames(db);
  const found = clusters.find((c) => c.id === wanted || c.name === wanted);
  if (found) return found.id;
  const names = clusters.map((c) => c.name);
  throw new AppError("not_found", `There is no cluster "${wanted}".${suggest(wanted, names)}`);
}

/** For commander: an option that can be given several times. */
export const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

/** An instant as the command line writes it; blank for null. */
export const instantOrBlank = (at: number | null): string => (at === null ? "" : formatInstant(at));

const ROW_FORMATS = ["csv", "json"];

/** Adds `--format` to a command that writes rows. */
export const formatOption = (command: Command): Command =>
  command.option("--format <format>", ROW_FORMATS.join(" or "), "csv");

/**
 * Rows on stdout, the way that every list of the command line is written: CSV, or as JSON an object with `rows`, as the API has it.
 * @throws AppError `invalid` for another format.
 */
export async function writeRows(
  io: Io,
  columns: readonly Column[],
  rows: readonly Row[],
  format = "csv",
): Promise<void> {
  if (!ROW_FORMATS.includes(format))
    throw new AppError("invalid", `--format "${format}" must be one of: ${ROW_FORMATS.join(", ")}.`);
  if (format === "json") return io.write(`{"rows":[\n${rows.map((row) => jsonRow(columns, row)).join(",\n")}\n]}\n`);
  async function* page() {
    yield rows;
  }
  for await (const chunk of csvChunks(columns, page())) await io.write(chunk);
}

/** A column whose key is its header. */
export const column = (key: string, unit: Column["unit"] = "text"): Column => ({ key, header: key, unit });
