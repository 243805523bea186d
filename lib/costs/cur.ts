import { headerLine } from "@/lib/csv-file.ts";
import { divideHalfEven, formatDecimal } from "@/lib/money.ts";
import { readTags } from "./tags.ts";

type Fields = Readonly<Record<string, string>>;

/** Names of columns of legacy reports (`lineItem/UsageStartDate`) as CUR 2.0 writes them (`line_item_usage_start_date`). */
export const curName = (column: string): string =>
  column
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replaceAll(/[/:.\s-]+/g, "_")
    .toLowerCase();

/** Whether a file's header is that of an AWS Cost and Usage Report, 2.0 or legacy. */
export function isCur(text: string): boolean {
  const header = headerLine(text)
    .split(",")
    .map((column) => curName(column.replaceAll('"', "").trim()));
  return header.includes("line_item_usage_start_date") && header.includes("line_item_unblended_cost");
}

/** What the column of FOCUS is in a report; the first that is not empty. */
const SAME: Readonly<Record<string, readonly string[]>> = {
  ChargePeriodStart: ["line_item_usage_start_date"],
  ChargePeriodEnd: ["line_item_usage_end_date"],
  BillingPeriodStart: ["bill_billing_period_start_date"],
  BillingCurrency: ["line_item_currency_code"],
  BillingAccountId: ["bill_payer_account_id"],
  SubAccountId: ["line_item_usage_account_id"],
  SubAccountName: ["line_item_usage_account_name"],
  ServiceName: ["product_product_name", "product_servicename", "line_item_product_code"],
  ServiceCategory: ["product_product_family"],
  ChargeDescription: ["line_item_line_item_description"],
  x_InstanceType: ["product_instance_type"],
  x_UsageType: ["line_item_usage_type"],
  CommitmentDiscountId: [
    "savings_plan_savings_plan_a_r_n",
    "savings_plan_savings_plan_arn",
    "reservation_reservation_a_r_n",
    "reservation_reservation_arn",
  ],
};

const PURCHASES = new Set(["RIFee", "SavingsPlanUpfrontFee", "SavingsPlanRecurringFee", "Fee"]);

/**
 * A record of an AWS Cost and Usage Report as the fields of FOCUS. Billed is the unblended cost. Effective is the amortised cost by AWS' own
 * rules: covered usage at its part of the commitment, unused commitment on its fee, 0 for the purchase and for what negates covered usage.
 */
export function curAsFocus(record: Fields): Record<string, string> {
  const fields = Object.fromEntries(Object.entries(record).map(([column, value]) => [curName(column), value]));
  const out: Record<string, string> = {};
  for (const [name, columns] of Object.entries(SAME))
    out[name] = columns.map((column) => fields[column] ?? "").find((value) => value !== "") ?? "";
  const type = fields.line_item_line_item_type ?? "";
  return {
    ...out,
    ...{
      ProviderName: "AWS",
      BilledCost: fields.line_item_unblended_cost ?? "",
      EffectiveCost: effective(fields, type),
    },
    ChargeCategory: PURCHASES.has(type) ? "Purchase" : type === "Tax" || type === "Credit" ? type : "Usage",
    Tags: tagsOf(fields),
    // Of a negation, a credit or a fee the amount of usage is that of other lines again.
    ConsumedQuantity: USED.has(type) ? (fields.line_item_usage_amount ?? "") : "0",
    ConsumedUnit: USED.has(type) ? (fields.pricing_unit ?? "") : "Hours",
  };
}

const USED = new Set(["Usage", "SavingsPlanCoveredUsage", "DiscountedUsage"]);

function effective(fields: Fields, type: string): string {
  const of = (name: string) => fields[name] || "0";
  const isReserved = Boolean(fields.reservation_reservation_a_r_n || fields.reservation_reservation_arn);
  if (type === "SavingsPlanCoveredUsage") return of("savings_plan_savings_plan_effective_cost");
  if (type === "DiscountedUsage") return of("reservation_effective_cost");
  if (type === "SavingsPlanRecurringFee")
    return plus(of("savings_plan_total_commitment_to_date"), of("savings_plan_used_commitment"), -1n);
  if (type === "RIFee")
    return plus(
      of("reservation_unused_amortized_upfront_fee_for_billing_period"),
      of("reservation_unused_recurring_fee"),
      1n,
    );
  if (type === "SavingsPlanNegation" || type === "SavingsPlanUpfrontFee" || (type === "Fee" && isReserved)) return "0";
  return fields.line_item_unblended_cost ?? "";
}

const PLACES = 12;
const DECIMAL = /^([+-]?)(\d{0,24})(?:\.(\d{0,40}))?(?:[eE]([+-]?\d{1,2}))?$/;

/** Two decimals added, or the second taken from the first; text that is no number comes back as it is, for the reader to refuse. */
function plus(a: string, b: string, sign: 1n | -1n): string {
  const [one, two] = [scaled(a), scaled(b)];
  if (one === null) return a;
  if (two === null) return b;
  return formatDecimal(one + sign * two, PLACES);
}

function scaled(text: string): bigint | null {
  const match = DECIMAL.exec(text);
  if (!match) return null;
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  const digits = BigInt(`${whole}${fraction}` || "0");
  const shift = PLACES - fraction.length + Number(exponent);
  const value = shift >= 0 ? digits * 10n ** BigInt(shift) : divideHalfEven(digits, 10n ** BigInt(-shift));
  return sign === "-" ? -value : value;
}

/** CUR 2.0 has one column of tags, legacy reports one for each tag that is activated. */
function tagsOf(fields: Fields): string {
  const own = fields.resource_tags ?? fields.tags ?? "";
  if (own !== "") return own;
  const tags: Record<string, string> = {};
  for (const [name, value] of Object.entries(fields)) {
    const key = /^resource_tags_(?:user_)?(.+)$/.exec(name)?.[1];
    if (key && value !== "") tags[key] = value;
  }
  const text = JSON.stringify(tags);
  return readTags(text) === null ? "{}" : text;
}
