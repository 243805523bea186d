import { type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { contains } from "@/db/contains.ts";
import { listPrices } from "@/db/schema/index.ts";
import { type ListPrice, searchText } from "./list-price.ts";

/** An imported catalogue, summed. */
export interface CatalogueSum {
  readonly name: string;
  readonly prices: number;
  readonly firstDay: string;
  readonly lastDay: string;
}

type Stored = Omit<ListPrice, "onDemand" | "spot"> & { readonly onDemand: string; readonly spot: string };
const BETWEEN = " + ";
const partsOf = (text: string): string[] => (text === "" ? [] : text.split(BETWEEN));

const COLUMNS = columnsOf(listPrices, [
  "cloud",
  "instance",
  "region",
  "zone",
  "gpuModel",
  "gpus",
  "onDemand",
  "spot",
  "onDemandNanos",
  "spotNanos",
  "currency",
  "source",
  "asOf",
]);

/** Of every catalogue, those that hold every word of a search, cheapest per GPU first, and how many there are. */
export async function searchCatalogues(
  db: Reader,
  words: readonly string[],
  limit: number,
): Promise<{ readonly found: ListPrice[]; readonly count: number }> {
  const matching = sql.join([sql`1 = 1`, ...words.map((word) => contains(sql`words`, word))], sql` and `);
  const [rows, total] = await Promise.all([
    db.all<Stored>(sql`select ${COLUMNS} from ${listPrices} where ${matching}
      order by coalesce(on_demand_nanos, spot_nanos), instance, catalogue, position limit ${limit}`),
    db.find<{ count: number }>(sql`select count(*) as count from ${listPrices} where ${matching}`),
  ]);
  const found = rows.map((row) => ({ ...row, onDemand: partsOf(row.onDemand), spot: partsOf(row.spot) }));
  return { found, count: Number(total?.count ?? 0) };
}

export function listCatalogues(db: Reader): Promise<CatalogueSum[]> {
  return db.all(sql`select catalogue as "name", cast(count(*) as bigint) as "prices", min(as_of) as "firstDay",
    max(as_of) as "lastDay" from ${listPrices} group by catalogue order by catalogue`);
}

/** Puts a catalogue in the place of the one of its name; with no prices, takes that away. @returns how many there were. */
export async function replaceCatalogue(tx: Tx, name: string, prices: readonly ListPrice[]): Promise<number> {
  const before = await tx.run(sql`delete from ${listPrices} where catalogue = ${name}`);
  const rows = prices.map((p, position) => ({
    ...{ ...p, catalogue: name, position, words: searchText(p) },
    ...{ onDemand: p.onDemand.join(BETWEEN), spot: p.spot.join(BETWEEN) },
  }));
  await tx.insert(listPrices, rows);
  return before;
}

/** What GPUs an instance of a cloud has. */
export interface InstanceGpus {
  readonly cloud: string;
  readonly instance: string;
  readonly gpuModel: string;
  readonly gpus: number;
}

/** Instances of imported catalogues; one of which they disagree is left out. */
export const loadInstances = (db: Reader): Promise<InstanceGpus[]> =>
  db.all(sql`select cloud, instance, min(gpu_model) as "gpuModel", min(gpus) as gpus from ${listPrices}
    group by cloud, instance having min(gpu_model) = max(gpu_model) and min(gpus) = max(gpus)`);
