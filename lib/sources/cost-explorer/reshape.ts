import type { GetCostAndUsageCommandOutput, MetricValue } from "@aws-sdk/client-cost-explorer";
import { AppError } from "@/lib/errors.ts";

/** What was billed on a day for one value of the tag and one instance type. Amounts and hours are decimals, as AWS writes them. */
export interface ExplorerRow {
  /** YYYY-MM-DD, UTC. */
  readonly date: string;
  /** Empty: without the tag. */
  readonly tag: string;
  /** Empty: no instance. */
  readonly instanceType: string;
  readonly billed: string;
  readonly effective: string;
  readonly currency: string;
  /** Null: its usage is in other units, or in several. */
  readonly hours: string | null;
  readonly isEstimated: boolean;
}

type CostMetric = "UnblendedCost" | "AmortizedCost" | "NetUnblendedCost" | "NetAmortizedCost";

const HOURS = /^(?:hrs|hours?)$/i;
const NO_INSTANCE = /^no ?instance ?type$/i;

const odd = (what: string): AppError =>
  new AppError("source_unavailable", `AWS Cost Explorer answered in another form than it documents: ${what}.`);

/**
 * Pages as rows. A period may go on over several pages; the same group of a period twice would count its cost twice, and is refused.
 * @throws AppError `source_unavailable` for what is not in the documented form.
 */
export function merge(
  pages: readonly Pick<GetCostAndUsageCommandOutput, "ResultsByTime">[],
  billed: CostMetric,
  effective: CostMetric,
): ExplorerRow[] {
  const rows = new Map<string, ExplorerRow>();
  for (const { ResultsByTime: results = [] } of pages)
    for (const { TimePeriod: period, Groups: groups = [], Estimated: estimated } of results) {
      const date = period?.Start?.slice(0, 10) ?? "";
      if (!/^\d{4}-\d\d-\d\d$/.test(date)) throw odd("a period without a day");
      for (const { Keys: [tagged = "", instance = ""] = [], Metrics: metrics = {} } of groups) {
        const key = JSON.stringify([date, tagged, instance]);
        if (rows.has(key)) throw odd(`${tagged} and ${instance} twice on ${date}`);
        const [unblended, amortised] = [amountOf(metrics, billed), amountOf(metrics, effective)];
        if (unblended.unit !== amortised.unit) throw odd("amounts in two currencies");
        rows.set(key, {
          ...{
            date,
            tag: tagged.slice(tagged.indexOf("$") + 1),
            instanceType: NO_INSTANCE.test(instance) ? "" : instance,
          },
          ...{ billed: unblended.amount, effective: amortised.amount, currency: unblended.unit },
          ...{ hours: hoursOf(metrics.UsageQuantity), isEstimated: estimated === true },
        });
      }
    }
  return [...rows.values()];
}

function amountOf(metrics: Readonly<Record<string, MetricValue>>, name: CostMetric): { amount: string; unit: string } {
  const { Amount: amount = "", Unit: unit = "" } = metrics[name] ?? {};
  if (amount === "" || !/^[A-Z]{3}$/.test(unit)) throw odd(`${name} without an amount or a currency`);
  return { amount, unit };
}

/** Usage in different units is one number with the unit `N/A`, which means nothing. */
const hoursOf = (usage: MetricValue | undefined): string | null =>
  usage?.Amount !== undefined && HOURS.test(usage.Unit ?? "") ? usage.Amount : null;
