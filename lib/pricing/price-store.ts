import { type Reader, sql } from "@/db/client";
import { exchangeRates, priceProposals, prices } from "@/db/schema";
import { type ExchangeRate, originSchema, type Price, type PriceBook } from "./types.ts";

type Row = Omit<Price, "origin"> & { readonly origin: string };
const COLUMNS = sql.raw(`p.key, p.proposal_id as "proposalId", o.version, p.kind, p.match, p.cluster_id as "clusterId",
  p.price_class as "priceClass", p.unit_price_nanos as "unitPriceNanos", p.currency, p.effective_from as "effectiveFrom", p.origin`);

export const readPrice = (row: Row): Price => ({ ...row, origin: originSchema.parse(JSON.parse(row.origin)) });

/** Every approved price and every exchange rate. A book is small: hundreds of rows after years. */
export async function loadPriceBook(db: Reader, currency: string): Promise<PriceBook> {
  const [rows, rates] = await Promise.all([
    db.all<Row>(sql`select ${COLUMNS} from ${prices} p join ${priceProposals} o on o.id = p.proposal_id
      where o.status = 'approved' order by p.effective_from, o.version, p.key`),
    db.all<ExchangeRate>(
      sql`select currency, day, rate_nanos as "rateNanos", source from ${exchangeRates} order by currency, day`,
    ),
  ]);
  return { currency, prices: rows.map(readPrice), rates };
}

/** The prices of one proposal, as they were written down. */
export async function listProposed(db: Reader, proposalId: string): Promise<Price[]> {
  const rows = await db.all<Row>(sql`select ${COLUMNS} from ${prices} p join ${priceProposals} o on o.id = p.proposal_id
    where p.proposal_id = ${proposalId} order by p.key`);
  return rows.map(readPrice);
}
