import { type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { costImports, costLines } from "@/db/schema/index.ts";
import { needAllTeams } from "@/lib/auth/visible-teams.ts";
import type { Ctx } from "@/lib/ctx.ts";
import type { Instant } from "@/lib/time.ts";
import type { CostLine } from "./file.ts";
import type { Standing } from "./overlap.ts";
import type { DaySpan } from "./spread.ts";

export interface CostImport {
  readonly id: string;
  readonly name: string;
  readonly format: "csv" | "focus";
  readonly importedBy: string;
  readonly importedAt: Instant;
}

/** An import with what it comes to. */
export interface ImportSum extends CostImport {
  readonly removedAt: Instant | null;
  readonly lines: number;
  readonly fromDay: number;
  readonly untilDay: number;
  readonly amountMicros: number;
  /** Of it, what names no team. */
  readonly sharedMicros: number;
}

/** Every import, the newest first. Requires access to all teams. @throws AppError `forbidden`. */
export async function listImports({ db, viewer }: Ctx): Promise<ImportSum[]> {
  needAllTeams(viewer);
  return db.all(sql`select i.id, i.name, i.format, i.imported_by as "importedBy", i.imported_at as "importedAt",
    i.removed_at as "removedAt", cast(count(*) as bigint) as lines, min(l.from_day) as "fromDay",
    max(l.until_day) as "untilDay", cast(sum(l.amount_micros) as bigint) as "amountMicros",
    cast(sum(case when l.team_key = 0 then l.amount_micros else 0 end) as bigint) as "sharedMicros"
    from ${costImports} i join ${costLines} l on l.import_id = i.id
    group by i.id, i.name, i.format, i.imported_by, i.imported_at, i.removed_at order by i.imported_at desc, i.id`);
}

/** The first lines of an import. Requires access to all teams. @throws AppError `forbidden`. */
export async function loadCostLines({ db, viewer }: Ctx, importId: string, most: number): Promise<CostLine[]> {
  needAllTeams(viewer);
  return listCostLines(db, importId, most);
}

const LINE = columnsOf(costLines, [
  "fromDay",
  "untilDay",
  "teamKey",
  "clusterId",
  "category",
  "description",
  "amountMicros",
  "currency",
  "billedMicros",
  "source",
]);

export function listCostLines(db: Reader, importId: string, most = 1_000_000_000): Promise<CostLine[]> {
  return db.all(sql`select ${LINE} from ${costLines} where import_id = ${importId} order by position limit ${most}`);
}

/** All lines, grouped, of the imports that have cost between two days and are not removed: their lines of other days included. */
export function listStanding(db: Reader, { fromDay, untilDay }: DaySpan): Promise<Standing[]> {
  return db.all(sql`select i.id as "importId", i.name, i.imported_at as "importedAt", l.from_day as "fromDay",
    l.until_day as "untilDay", l.team_key as "teamKey", l.cluster_id as "clusterId", l.category, l.description, l.source,
    cast(count(*) as bigint) as lines, cast(sum(l.amount_micros) as bigint) as "amountMicros"
    from ${costImports} i join ${costLines} l on l.import_id = i.id
    where i.removed_at is null and i.id in
      (select import_id from ${costLines} where until_day > ${fromDay} and from_day < ${untilDay})
    group by i.id, i.name, i.imported_at, l.from_day, l.until_day, l.team_key, l.cluster_id, l.category, l.description, l.source
    order by i.imported_at, i.id, l.from_day, l.until_day`);
}

/** The import of a file's content that stands. */
export function findImport(db: Reader, hash: string): Promise<{ id: string; name: string } | undefined> {
  return db.find(sql`select id, name from ${costImports} where id like ${`${hash}-%`} and removed_at is null`);
}

/** How often a file's content was imported, removed ones included. */
export async function countImports(db: Reader, hash: string): Promise<number> {
  const row = await db.find<{ n: number }>(
    sql`select cast(count(*) as bigint) as n from ${costImports} where id like ${`${hash}-%`}`,
  );
  return row?.n ?? 0;
}

/** Lines that are written at once: some milliseconds. */
const PART = 500;

export async function insertImport(tx: Tx, imported: CostImport, lines: readonly CostLine[]): Promise<void> {
  await tx.insert(costImports, [imported]);
  for (let from = 0; from < lines.length; from += PART) {
    const part = lines.slice(from, from + PART);
    await tx.insert(
      costLines,
      part.map((line, i) => ({ ...line, importId: imported.id, position: from + i + 1 })),
    );
    // Others are answered between the parts of a long file.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** @returns its name; null where no such import stands. */
export async function markRemoved(tx: Tx, id: string, now: Instant): Promise<string | null> {
  const row = await tx.find<{ name: string }>(
    sql`select name from ${costImports} where id = ${id} and removed_at is null`,
  );
  if (!row) return null;
  await tx.run(sql`update ${costImports} set removed_at = ${now} where id = ${id}`);
  return row.name;
}
