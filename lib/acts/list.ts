import { type BillUpload, importBill } from "@/lib/bills/import.ts";
import { scopeNamed, setBudgets } from "@/lib/budgets/changes.ts";
import { readBudgetCsv } from "@/lib/budgets/csv.ts";
import { findPlaces } from "@/lib/budgets/places.ts";
import { chargeDue } from "@/lib/charges/run.ts";
import { importCosts } from "@/lib/costs/import.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { testConnections } from "@/lib/jobs/connections.ts";
import { readExplorerNow, readOpencostNow, readPriceFeedNow } from "@/lib/jobs/outside.ts";
import { importCatalogue } from "@/lib/pricing/catalogue-changes.ts";
import { type MoneySettings, noteOf, proposePrices } from "@/lib/pricing/propose.ts";
import { readPricesBeside } from "@/lib/pricing/read-beside.ts";
import { textOf } from "@/lib/text-file.ts";
import { lastCountedDay, recordCounts } from "@/lib/unit-costs/changes.ts";
import { readCountCsv } from "@/lib/unit-costs/csv.ts";

/** Some thousand lines of budgets or counts. */
const MOST_TEXT = 256 * 1024;

/** A file as somebody sent it: what it holds is judged where it is read. */
export interface Sent {
  readonly name: string;
  readonly bytes: Uint8Array;
}
type Money = Pick<MoneySettings, "currency" | "billingTimeZone">;

/**
 * Acts whose work grows with what somebody sends, or with what another system answers. A server does them in threads of their own
 * (beside.ts), for what they do at once would hold up every other request. Each asks for its permission itself.
 */
export const ACTS = {
  importCosts: (ctx: Ctx, [request, place]: [Parameters<typeof importCosts>[1], Parameters<typeof importCosts>[2]]) =>
    importCosts(ctx, request, place),
  importBill: (ctx: Ctx, { files, replace }: { readonly files: readonly BillUpload[]; readonly replace: boolean }) =>
    importBill(ctx, files, { replace }),
  importCatalogue,
  async importPrices(
    ctx: Ctx,
    { name, bytes, title, money }: Sent & { readonly title: string; readonly money: Money },
  ) {
    const { drafts, problems, notes } = await readPricesBeside(name, bytes);
    const words = { title: title || name, note: noteOf("", notes) };
    return { id: (await proposePrices(ctx, { ...words, drafts, problems }, money)).id };
  },
  async importBudgets(ctx: Ctx, { name, bytes }: Sent) {
    const places = await findPlaces(ctx);
    const budgets = readBudgetCsv(name, textOf(name, bytes, MOST_TEXT), (kind, wanted) =>
      scopeNamed(places, kind, wanted),
    );
    return setBudgets(ctx, budgets, `imported from ${name}`);
  },
  importCounts: (ctx: Ctx, { name, bytes, unitKey }: Sent & { readonly unitKey: number }) =>
    recordCounts(
      ctx,
      unitKey,
      readCountCsv(name, textOf(name, bytes, MOST_TEXT), lastCountedDay(ctx)),
      `imported from ${name}`,
    ),
  charge: (ctx: Ctx, money: Money, signal: AbortSignal) => chargeDue(ctx, { ...money, signal }),
  testConnections: (ctx: Ctx) => testConnections(ctx, env()),
  readOpencost: (ctx: Ctx) => readOpencostNow(ctx, env()),
  readExplorer: (ctx: Ctx, month: string | undefined) => readExplorerNow(ctx, env(), month),
  readPriceFeed: (ctx: Ctx, name: string) => readPriceFeedNow(ctx, env(), name),
} as const;

export type ActName = keyof typeof ACTS;
/** What an act is asked to do. */
export type Given<N extends ActName> =
  Parameters<(typeof ACTS)[N]> extends [Ctx, infer G, ...unknown[]] ? G : undefined;
export type Done<N extends ActName> = Awaited<ReturnType<(typeof ACTS)[N]>>;
