import { type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { charges, clusters, exchangeRates, hardware, priceProposals, prices } from "@/db/schema/index.ts";
import type { NewPrice } from "./draft.ts";
import { originSchema } from "./origin.ts";
import type { AgreedPrices, Place } from "./price-book.ts";
import type { ExchangeRate, Price, PriceBook, Proposal } from "./types.ts";

type Row = Omit<Price, "origin"> & { readonly origin: string };
const OF_PRICE = columnsOf(prices, undefined, "p");
const OF_PROPOSAL = columnsOf(priceProposals, ["version"], "o");

const RATE = columnsOf(exchangeRates, ["currency", "day", "rateNanos", "source"]);

export const readPrice = (row: Row): Price => ({ ...row, origin: originSchema.parse(JSON.parse(row.origin)) });

/** Every approved price and every exchange rate. A book is small: hundreds of rows after years. */
export async function loadPriceBook(db: Reader, currency: string): Promise<PriceBook> {
  const [rows, rates] = await Promise.all([
    db.all<Row>(sql`select ${OF_PRICE}, ${OF_PROPOSAL} from ${prices} p join ${priceProposals} o on o.id = p.proposal_id
      where o.status = 'approved' order by p.effective_from, o.version, p.key`),
    db.all(sql`select ${RATE} from ${exchangeRates} order by currency, day`),
  ]);
  return { currency, prices: rows.map(readPrice), rates };
}

/** Every price as it is agreed, by key, and every exchange rate. */
export async function loadAgreedPrices(db: Reader): Promise<AgreedPrices> {
  const [rows, rates] = await Promise.all([
    db.all(sql`select ${columnsOf(prices, ["key", "currency", "unitPriceNanos"])} from ${prices}`),
    db.all(sql`select ${RATE} from ${exchangeRates} order by currency, day`),
  ]);
  return { agreed: new Map(rows.map(({ key, ...price }) => [key, price])), rates };
}

/** The prices of one proposal, as they were written down. */
export async function listProposed(db: Reader, proposalId: string): Promise<Price[]> {
  const rows =
    await db.all<Row>(sql`select ${OF_PRICE}, ${OF_PROPOSAL} from ${prices} p join ${priceProposals} o on o.id = p.proposal_id
    where p.proposal_id = ${proposalId} order by p.key`);
  return rows.map(readPrice);
}

/** The proposals, newest first. */
export function listProposals(db: Reader, limit = 100): Promise<Proposal[]> {
  return db.all<Proposal>(
    sql`select ${columnsOf(priceProposals)} from ${priceProposals} order by proposed_at desc, id limit ${limit}`,
  );
}

export function findProposal(db: Reader, id: string): Promise<Proposal | undefined> {
  return db.find<Proposal>(sql`select ${columnsOf(priceProposals)} from ${priceProposals} where id = ${id}`);
}

/** A proposal with its prices. Keys of prices follow from those there are: one writer at a time. */
export async function insertProposal(
  tx: Tx,
  proposal: Pick<Proposal, "id" | "title" | "note" | "proposedBy" | "proposedAt">,
  list: readonly NewPrice[],
): Promise<void> {
  await tx.insert(priceProposals, [{ ...proposal, status: "proposed" }]);
  const last = await tx.find<{ key: number | null }>(sql`select max(key) as key from ${prices}`);
  await tx.insert(
    prices,
    list.map(({ origin, ...price }, i) => ({
      ...price,
      key: (last?.key ?? 0) + 1 + i,
      proposalId: proposal.id,
      origin: JSON.stringify(origin),
    })),
  );
}

/** The newest approved proposal that one person both made and approved, and whose prices charged days `[from, until)`: its title. */
export async function findOwnCharged(
  db: Reader,
  by: string,
  { fromDay, untilDay }: { readonly fromDay: number; readonly untilDay: number },
): Promise<string | undefined> {
  const found = await db.find<{ title: string }>(sql`select o.title as "title" from ${priceProposals} o
    where o.status = 'approved' and o.proposed_by = ${by} and o.decided_by = ${by} and o.id in (
      select p.proposal_id from ${prices} p where p.key in (
        select c.price_key from ${charges} c where c.day >= ${fromDay} and c.day < ${untilDay}))
    order by o.version desc limit 1`);
  return found?.title;
}

/**
 * Decides a proposal that is still open; an approved one gets the next version of the book.
 * @returns false when it was decided already.
 */
export async function decideProposal(
  tx: Tx,
  id: string,
  decision: { readonly status: "approved" | "rejected" | "withdrawn"; readonly by: string; readonly at: number },
): Promise<boolean> {
  const next = sql`(select coalesce(max(version), 0) + 1 from ${priceProposals})`;
  const version = decision.status === "approved" ? next : sql`null`;
  const changed =
    await tx.run(sql`update ${priceProposals} set status = ${decision.status}, decided_by = ${decision.by},
    decided_at = ${decision.at}, version = ${version} where id = ${id} and status = 'proposed'`);
  return changed === 1;
}

/** Sets what a unit of a currency is worth from a day on; one that was set for the day is replaced. */
export async function saveExchangeRate(tx: Tx, rate: ExchangeRate, by: string, at: number): Promise<void> {
  await tx.insert(exchangeRates, [{ ...rate, recordedBy: by, recordedAt: at }], {
    target: [exchangeRates.currency, exchangeRates.day],
    update: "all",
  });
}

/** The rate of a currency that held until a day. */
export const findRateBefore = (
  db: Reader,
  currency: string,
  day: number,
): Promise<{ readonly day: number; readonly rateNanos: number } | undefined> =>
  db.find(sql`select day, rate_nanos as "rateNanos" from ${exchangeRates}
    where currency = ${currency} and day < ${day} order by day desc limit 1`);

/** The rate of a currency that was set for a very day. */
export function findExchangeRate(db: Reader, currency: string, day: number): Promise<ExchangeRate | undefined> {
  return db.find(sql`select ${RATE} from ${exchangeRates}
    where currency = ${currency} and day = ${day}`);
}

/** GPU models, node pools and clusters that there are: what a draft is held against. */
export async function loadPlacesToPrice(db: Reader): Promise<{
  readonly models: readonly string[];
  readonly nodePools: readonly string[];
  readonly clusters: readonly { readonly id: string; readonly name: string }[];
  readonly places: readonly Place[];
}> {
  const [places, list] = await Promise.all([
    db.all<Place>(sql`select distinct cluster_id as "clusterId", node_pool as "nodePool", gpu_model as "gpuModel"
      from ${hardware} where gpu_model <> '' order by gpu_model, node_pool, cluster_id`),
    db.all<{ id: string; name: string }>(sql`select id, name from ${clusters} order by name, id`),
  ]);
  const distinct = (values: readonly string[]) => [...new Set(values)].filter(Boolean);
  return {
    models: distinct(places.map((p) => p.gpuModel)),
    nodePools: distinct(places.map((p) => p.nodePool)),
    clusters: list,
    places,
  };
}
