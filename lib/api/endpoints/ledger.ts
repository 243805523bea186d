import { z } from "zod";
import { defineGet } from "@/lib/api/endpoint.ts";
import { currencySchema, daySchema, PERIOD_QUERY, periodOf, todayOf } from "@/lib/api/schemas.ts";
import { formatNanos, SKUS, type Sku } from "@/lib/money.ts";
import { searchEverything } from "@/lib/pages/find/search.ts";
import { loadSyncState } from "@/lib/pages/sync-state.ts";
import { DayPrices } from "@/lib/pricing/price-book.ts";
import { loadPriceBook } from "@/lib/pricing/price-store.ts";
import { PRICE_CLASSES, PRICE_KINDS } from "@/lib/pricing/types.ts";
import { loadExplanation } from "@/lib/reports/explain/explain.ts";
import { parseExplain } from "@/lib/reports/explain/query.ts";
import { wholeDaysOf } from "@/lib/reports/read/cost-scope.ts";
import { dateOfKey } from "@/lib/time.ts";

const key = (of: string) => ({ description: `Of the ${of} with this key.`, schema: z.string().regex(/^\d{1,15}$/) });
const micros = z.number().int().meta({ description: "Micro-units of the currency." });

export const explain = defineGet({
  path: "/api/v1/explain",
  action: "usage.read",
  tag: "ledger",
  summary: "Where an amount comes from",
  description:
    "Formula, prices, classes, shares, rounding and, of one workload, intervals. Amounts are integers in micro-units.",
  query: {
    ...PERIOD_QUERY,
    ...{
      team: key("team"),
      project: key("project"),
      workload: key("workload"),
      hardware: key("hardware"),
      price: key("price"),
    },
    sku: { description: "Of this kind of usage.", schema: z.enum(Object.keys(SKUS) as [Sku, ...Sku[]]) },
    priceClass: { description: "Under these terms.", schema: z.enum(PRICE_CLASSES) },
  },
  json: z
    .looseObject({
      currency: currencySchema,
      days: z.object({ from: z.number().int(), until: z.number().int() }),
      ...{ team: z.string().nullable(), project: z.string().nullable(), totalMicros: micros },
      lines: z.array(
        z.looseObject({ amountMicros: micros, productMicros: micros, roundingMicros: micros, quantity: z.number() }),
      ),
      classes: z.array(z.object({ class: z.string(), milli: z.number().int(), micros })),
      shares: z.array(z.looseObject({ costClass: z.string(), method: z.string(), amountMicros: micros })),
    })
    .nullable()
    .meta({ description: "Null: nothing is charged." }),
  async answer(ctx, { query }) {
    const days = wholeDaysOf(periodOf(ctx, query));
    return { body: (await loadExplanation(ctx, parseExplain(query), days)) ?? null };
  },
});

export const search = defineGet({
  path: "/api/v1/search",
  action: "usage.read",
  tag: "ledger",
  summary: "Teams, projects, users, workloads, reports and periods whose name holds a text",
  query: { q: { description: "At least two characters; fewer find nothing.", example: "train" } },
  json: z.object({ results: z.array(z.object({ label: z.string(), hint: z.string(), path: z.string() })) }),
  async answer(ctx, { query: { q = "" } }) {
    return { body: { results: q.trim().length > 1 ? await searchEverything(ctx, q) : [] } };
  },
});

const counts = z.record(z.string(), z.number());
const instant = z.number().int().meta({ description: "Seconds since 1970." });
const runSchema = z.object({
  ...{ id: z.string(), kind: z.string(), startedAt: instant, finishedAt: instant.nullable() },
  ...{ status: z.string(), counts, error: z.string() },
});
const backfillSchema = z.looseObject({
  id: z.string(),
  fromAt: instant,
  toAt: instant,
  status: z.string(),
  fraction: z.number(),
});

export const sync = defineGet({
  path: "/api/v1/sync",
  action: "sync.read",
  tag: "ledger",
  summary: "The state of the sync: runs, windows, gaps, backfills with progress",
  json: z.object({
    at: instant,
    health: z.object({
      ...{ lastRun: runSchema.nullable(), lastSuccessAt: instant.nullable(), openGaps: z.number().int() },
      ...{ dueWindows: z.number().int(), dueBuckets: z.number().int(), runningBackfills: z.array(backfillSchema) },
    }),
    runs: z.array(runSchema),
    backfills: z.array(backfillSchema),
    windows: z.array(
      z.object({
        ...{ source: z.string(), status: z.string(), count: z.number().int() },
        ...{ newestEndAt: instant.nullable(), samples: z.number().int() },
      }),
    ),
    leases: z.array(z.object({ name: z.string(), owner: z.string(), untilAt: instant })),
    facts: z.object({ clusters: z.number(), nodes: z.number(), workloads: z.number(), pods: z.number() }),
  }),
  answer: async (ctx) => ({ body: await loadSyncState(ctx) }),
});

export const prices = defineGet({
  path: "/api/v1/prices",
  action: "prices.read",
  tag: "ledger",
  summary: "The prices in force today",
  json: z.object({
    day: daySchema,
    currency: currencySchema.meta({ description: "Of the ledger; a price can be in another one." }),
    prices: z.array(
      z.object({
        ...{ kind: z.enum(PRICE_KINDS), match: z.string(), cluster_id: z.string(), terms: z.enum(PRICE_CLASSES) },
        unit_price: z.string().meta({ description: "For one unit and hour, a decimal." }),
        ...{ currency: currencySchema, effective_from: daySchema, version: z.number().int().nullable() },
      }),
    ),
  }),
  async answer(ctx) {
    const today = todayOf(ctx);
    const inForce = new DayPrices(await loadPriceBook(ctx.db, ctx.ledger.currency), today).list();
    return {
      body: {
        ...{ day: dateOfKey(today), currency: ctx.ledger.currency },
        prices: inForce
          .sort((a, b) => a.key - b.key)
          .map((p) => ({
            ...{ kind: p.kind, match: p.match, cluster_id: p.clusterId, terms: p.priceClass },
            ...{ unit_price: formatNanos(p.unitPriceNanos), currency: p.currency },
            ...{ effective_from: dateOfKey(p.effectiveFrom), version: p.version },
          })),
      },
    };
  },
});
