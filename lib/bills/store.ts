import { type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { inTexts } from "@/db/keys.ts";
import { billImports, billLines, listPrices } from "@/db/schema/index.ts";
import type { Instant } from "@/lib/time.ts";
import type { StandingBill } from "./replace.ts";
import type { BillLine } from "./types.ts";

export interface BillImport {
  readonly id: string;
  readonly name: string;
  readonly format: "focus" | "cur";
  readonly importedBy: string;
  readonly importedAt: Instant;
}

export type BillImportSum = BillImport & {
  readonly lines: number;
  readonly fromDay: number;
  readonly untilDay: number;
  readonly effectiveMicros: number;
  readonly gpuMicros: number;
};

/** Imports that have lines, the newest first. */
export const listBillImports = (db: Reader): Promise<BillImportSum[]> =>
  db.all(sql`select i.id, i.name, i.format, i.imported_by as "importedBy", i.imported_at as "importedAt",
    cast(count(*) as bigint) as lines, min(l.from_day) as "fromDay", max(l.until_day) as "untilDay",
    cast(sum(l.effective_micros) as bigint) as "effectiveMicros",
    cast(sum(case when l.gpu <> '' then l.effective_micros else 0 end) as bigint) as "gpuMicros"
    from ${billImports} i join ${billLines} l on l.import_id = i.id
    group by i.id, i.name, i.format, i.imported_by, i.imported_at order by i.imported_at desc, i.id`);

/** What imports have of some bills, lines of the same days, service and GPU together. */
export const listStanding = (
  db: Reader,
  sources: readonly string[],
  dialect: "sqlite" | "postgres",
): Promise<StandingBill[]> =>
  db.all(sql`select i.name, l.source, l.service, l.gpu, l.from_day as "fromDay", l.until_day as "untilDay",
    cast(count(*) as bigint) as lines, cast(sum(l.effective_micros) as bigint) as "effectiveMicros"
    from ${billLines} l join ${billImports} i on i.id = l.import_id
    where l.source <> '' and ${inTexts(dialect, "l.source", sources)}
    group by i.id, i.name, l.source, l.service, l.gpu, l.from_day, l.until_day
    order by i.name, i.id, l.source, l.from_day, l.until_day`);

/** Removes the lines of bills of which a newer version comes, and imports that have no line left. @returns how many lines. */
export async function removeSources(
  tx: Tx,
  sources: readonly string[],
  dialect: "sqlite" | "postgres",
): Promise<number> {
  const lines = await tx.run(
    sql`delete from ${billLines} where source <> '' and ${inTexts(dialect, "source", sources)}`,
  );
  await tx.run(sql`delete from ${billImports} where id not in (select import_id from ${billLines})`);
  return lines;
}

/** Lines that are written at once: some milliseconds. */
const PART = 500;

export async function insertBill(tx: Tx, imported: BillImport, lines: readonly BillLine[]): Promise<void> {
  await tx.insert(billImports, [imported]);
  for (let at = 0; at < lines.length; at += PART) {
    await tx.insert(
      billLines,
      lines.slice(at, at + PART).map((line, i) => ({ ...line, importId: imported.id, position: at + i + 1 })),
    );
    // Others are answered between the parts of a long file.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** An import that has lines: one whose lines were all replaced may be imported again. */
export const findBillImport = (db: Reader, id: string): Promise<BillImport | undefined> =>
  db.find(sql`select ${columnsOf(billImports)} from ${billImports} where id = ${id}
    and exists (select 1 from ${billLines} where import_id = ${id})`) as Promise<BillImport | undefined>;

export async function deleteBill(tx: Tx, id: string): Promise<number> {
  const lines = await tx.run(sql`delete from ${billLines} where import_id = ${id}`);
  await tx.run(sql`delete from ${billImports} where id = ${id}`);
  return lines;
}

const LINE = columnsOf(billLines, [
  "fromDay",
  "untilDay",
  "teamKey",
  "gpu",
  "service",
  "category",
  "source",
  "effectiveMicros",
  "billedMicros",
  "gpuMilliHours",
  "estimated",
]);

/** Lines that touch some days, in their order. */
export const listBillLines = (db: Reader, fromDay: number, untilDay: number): Promise<BillLine[]> =>
  db.all(sql`select ${LINE} from ${billLines} where until_day > ${fromDay} and from_day < ${untilDay}
    order by from_day, import_id, position`);

/** How many GPUs an instance has, by imported list prices; an instance of which lists disagree is left out. */
export async function loadInstanceGpus(db: Reader): Promise<Map<string, number>> {
  const rows = await db.all<{
    instance: string;
    gpus: number;
  }>(sql`select lower(instance) as instance, min(gpus) as gpus
    from ${listPrices} where gpus > 0 group by lower(instance) having min(gpus) = max(gpus)`);
  return new Map(rows.map(({ instance, gpus }) => [instance, gpus]));
}

/** Of a month of a bill: up to which day it is there, and whether anything of it may still change; null: nothing is there. */
export async function findBillMonth(
  db: Reader,
  source: string,
): Promise<{ readonly untilDay: number; readonly estimated: number } | null> {
  const row = await db.find<{ untilDay: number | null; estimated: number }>(sql`select max(until_day) as "untilDay",
    max(estimated) as estimated from ${billLines} where source = ${source}`);
  return row && row.untilDay !== null ? { untilDay: row.untilDay, estimated: row.estimated } : null;
}
