import { counted } from "@/lib/format.ts";
import { formatQuantity, SKUS } from "@/lib/money.ts";
import { addDays, dateOf, dateOfKey, dayKey, dayOfKey } from "@/lib/time.ts";
import { defineRule } from "./rule.ts";
import { listUnpriced, listUnpricedDays } from "./spend-load.ts";

/** Usage without a price is looked for in as many past days: older periods are closed. */
const DAYS = 62;

export const priceMissing = defineRule({
  kind: "price-missing",
  title: "Usage without a price",
  help: "Something was used that no price covers, so its cost is missing from every total.",
  ...{ scope: "ledger", audience: "finance", severity: "warning", holdSeconds: 0, repeatSeconds: 0, recommended: true },
  threshold: null,
  sample: () => ({
    title: "No price for H200",
    summary: "182.0 GPU-hours on 3 days have no price.",
    facts: [
      { label: "First day", value: "2026-11-18" },
      { label: "Quantity", value: "182.0 GPU-hours" },
    ],
    link: "/prices",
  }),
  async read(ctx) {
    const today = dayKey(dateOf(ctx.now(), ctx.ledger.zone));
    const sums = await listUnpriced(ctx.db, addDays(today, -DAYS));
    return sums.map(({ what, sku, quantity, fromDay, days }) => ({
      subject: `${sku}/${what}`.slice(0, 200),
      title: `No price for ${what}`,
      summary: `${formatQuantity(quantity, sku, 1)} ${SKUS[sku].unit} on ${counted(days, "day")} have no price.`,
      facts: [
        { label: "First day", value: dateOfKey(fromDay) },
        { label: "Quantity", value: `${formatQuantity(quantity, sku, 1)} ${SKUS[sku].unit}` },
      ],
      link: "/prices",
    }));
  },
  history: async (ctx, _, { start, end }) => {
    const { zone } = ctx.ledger;
    const days = await listUnpricedDays(ctx.db, dayKey(dateOf(start, zone)), dayKey(dateOf(end, zone)));
    // What has a price by now is not known to have lacked one.
    return days
      .filter(
        ({ day, ...one }) => !days.some((d) => d.day === addDays(day, -1) && d.sku === one.sku && d.what === one.what),
      )
      .map(({ what, sku, day }) => ({
        ...{ subject: `${sku}/${what}`.slice(0, 200), at: dayOfKey(day, zone).start, title: `No price for ${what}` },
      }));
  },
});
