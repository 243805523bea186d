import { listClusterNames } from "@/lib/attribution/rule-store.ts";
import { listTeams } from "@/lib/attribution/team-store.ts";
import type { Team } from "@/lib/attribution/types.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { csvChunks } from "@/lib/exports/csv.ts";
import { suggest } from "@/lib/reports/read/near-names.ts";
import type { Column, Row } from "@/lib/reports/report.ts";
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

/** Rows as CSV on stdout, the way that every list of the command line is written. */
export async function writeRows(io: Io, columns: readonly Column[], rows: readonly Row[]): Promise<void> {
  async function* page() {
    yield rows;
  }
  for await (const chunk of csvChunks(columns, page())) await io.write(chunk);
}

/** A column whose key is its header. */
export const column = (key: string, unit: Column["unit"] = "text"): Column => ({ key, header: key, unit });
