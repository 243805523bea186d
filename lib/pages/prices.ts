import { sql } from "@/db/client.ts";
import { allow } from "@/lib/auth/allow.ts";
import { type AuditEntry, listActs } from "@/lib/auth/audit-store.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { DayPrices, identityOf, isPriced } from "@/lib/pricing/price-book.ts";
import { listProposals, loadPriceBook } from "@/lib/pricing/price-store.ts";
import type { MoneySettings } from "@/lib/pricing/propose.ts";
import { type AppliedPrice, PRICE_CLASSES, type Price, type PriceClass, type Proposal } from "@/lib/pricing/types.ts";
import { allocatedSql } from "@/lib/reports/read/measures.ts";
import { dateOf, dayKey } from "@/lib/time.ts";

/** GPUs of one model in one pool, with what an hour of them costs today. */
export interface PricedPlace {
  readonly clusterId: string;
  readonly cluster: string;
  readonly nodePool: string;
  readonly gpuModel: string;
  /** Milli-GPU-seconds that were held this month. */
  readonly heldMilli: number;
  readonly prices: Readonly<Partial<Record<PriceClass, AppliedPrice>>>;
  /** Why the standard price is missing; null where there is one. */
  readonly missing: string | null;
}

export interface PriceHistory {
  /** In force today; the first one to come where none is yet. */
  readonly current: Price;
  readonly inForce: boolean;
  /** All that were approved for the same thing, the latest first. */
  readonly all: readonly Price[];
}

export interface RecordedRate {
  readonly currency: string;
  readonly day: number;
  readonly rateNanos: number;
  readonly source: string;
  readonly recordedBy: string;
}

/** Usage of this month that no price covers: an open item. */
export interface OpenItem {
  readonly gpuModel: string;
  readonly sku: string;
  readonly reason: string;
  readonly quantity: number;
  readonly days: number;
}

export interface PricesPage {
  readonly today: number;
  readonly places: readonly PricedPlace[];
  readonly openItems: readonly OpenItem[];
  readonly histories: readonly PriceHistory[];
  readonly proposals: readonly Proposal[];
  readonly rates: readonly RecordedRate[];
  readonly acts: readonly AuditEntry[];
}

/** What the page of prices shows. @throws AppError `forbidden` for people who may not propose prices. */
export async function loadPricesPage(ctx: Ctx, money: MoneySettings): Promise<PricesPage> {
  allow(ctx.viewer, "prices.propose");
  const today = dayKey(dateOf(ctx.now(), money.billingTimeZone));
  const monthStart = Math.floor(today / 100) * 100 + 1;
  const [book, places, openItems, proposals, rates, acts] = await Promise.all([
    loadPriceBook(ctx.db, money.currency),
    listHeldPlaces(ctx, monthStart),
    listOpenItems(ctx, monthStart),
    listProposals(ctx.db),
    ctx.db.all<RecordedRate>(sql`select currency as "currency", day as "day", rate_nanos as "rateNanos", source as "source",
      recorded_by as "recordedBy" from exchange_rates order by currency, day desc`),
    listMoneyActs(ctx),
  ]);
  const prices = new DayPrices(book, today);
  const priced = places.map((place): PricedPlace => {
    const found = PRICE_CLASSES.map((c) => [c, prices.find(place, "gpu", c)] as const);
    const standard = found.find(([c]) => c === "standard")?.[1];
    return {
      ...place,
      prices: Object.fromEntries(found.filter(([, p]) => isPriced(p))),
      missing: standard && !isPriced(standard) ? standard.reason : null,
    };
  });
  return { today, places: priced, openItems, histories: historiesOf(book.prices, prices), proposals, rates, acts };
}

const KIND_ORDER = ["gpu", "node-pool", "cpu", "memory", "gpu-memory"];

function historiesOf(all: readonly Price[], today: DayPrices): PriceHistory[] {
  const inForce = new Map(today.list().map((p) => [identityOf(p), p]));
  return [...Map.groupBy(all, identityOf)]
    .map(([identity, list]): PriceHistory => {
      const sorted = [...list].sort((a, b) => b.effectiveFrom - a.effectiveFrom || (b.version ?? 0) - (a.version ?? 0));
      const now = inForce.get(identity);
      return { current: now ?? (sorted.at(-1) as Price), inForce: now !== undefined, all: sorted };
    })
    .sort(
      ({ current: a }, { current: b }) =>
        KIND_ORDER.indexOf(a.kind) - KIND_ORDER.indexOf(b.kind) ||
        a.match.localeCompare(b.match) ||
        PRICE_CLASSES.indexOf(a.priceClass) - PRICE_CLASSES.indexOf(b.priceClass),
    );
}

const listHeldPlaces = (ctx: Ctx, fromDay: number) =>
  ctx.db.all<Omit<PricedPlace, "prices" | "missing">>(sql`
    select h.cluster_id as "clusterId", coalesce(c.name, h.cluster_id) as "cluster", h.node_pool as "nodePool",
      h.gpu_model as "gpuModel", cast(coalesce(sum(${allocatedSql}), 0) as bigint) as "heldMilli"
    from hardware h left join clusters c on c.id = h.cluster_id
      left join usage_days u on u.hardware_key = h.key and u.day >= ${fromDay}
    where h.gpu_model <> '' group by h.cluster_id, c.name, h.node_pool, h.gpu_model
    order by "heldMilli" desc, h.gpu_model, h.node_pool`);

const listOpenItems = (ctx: Ctx, fromDay: number) =>
  ctx.db.all<OpenItem>(sql`
    select h.gpu_model as "gpuModel", u.sku as "sku", u.reason as "reason", cast(sum(u.quantity) as bigint) as "quantity",
      cast(count(distinct u.day) as bigint) as "days"
    from unpriced u join hardware h on h.key = u.hardware_key
    where u.day >= ${fromDay} and u.quantity > 0 group by h.gpu_model, u.sku, u.reason order by 4 desc, 1, 2`);

/** The latest acts about prices and exchange rates. */
async function listMoneyActs(ctx: Ctx): Promise<AuditEntry[]> {
  const [proposals, rates] = await Promise.all([listActs(ctx.db, 50, "proposal"), listActs(ctx.db, 50, "rate")]);
  return [...proposals, ...rates].sort((a, b) => b.at - a.at).slice(0, 50);
}
