import { own } from "@/lib/order.ts";
import { FOCUS_COLUMNS, type FocusRow } from "./columns.ts";
import { PRESENCE, SUBCATEGORIES } from "./vocabulary.ts";

/** A rule of FOCUS 1.2 about single rows, under the id of the published rule file. */
export interface RowRule {
  readonly id: string;
  readonly column: string;
  /** A rule that says "should": a warning. */
  readonly advice?: boolean;
  readonly says: string;
  readonly breaks: (row: FocusRow) => boolean;
}

/** Each value of `column` goes with exactly one value of `with`. */
export interface GroupRule {
  readonly id: string;
  readonly column: string;
  readonly with: string;
  readonly advice?: boolean;
  readonly says: string;
}

/** The column must be there at all. */
export interface PresenceRule {
  readonly id: string;
  readonly column: string;
  readonly advice?: boolean;
  readonly says: string;
}

type When = (row: FocusRow) => boolean;
type Check = (value: string, row: FocusRow) => boolean;

const NUMERIC = /^[+-]?([0-9]*[.])?[0-9]+([eE][+-]?[0-9]+)?$/;
const TIME = /^[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z$/;
const ZONELESS = /^[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z?$/;
const WORDS = "[A-Za-z][A-Za-z0-9]*(?:\\s+[A-Za-z][A-Za-z0-9]*)*";
const PLURAL = "(?:Years|Months|Days|Hours|Minutes|Seconds)";
const SINGULAR = "(?:Year|Month|Day|Hour|Minute|Second)";
const UNIT = new RegExp(`^(?:(?:[0-9]+ )?${WORDS}|${WORDS}-${PLURAL}|${WORDS}/${SINGULAR}|${WORDS}/[0-9]+ ${PLURAL})$`);

/** A time that the calendar has. */
function isTime(value: string): boolean {
  if (!ZONELESS.test(value)) return false;
  const at = new Date(value.endsWith("Z") ? value : `${value}Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().slice(0, 19) === value.slice(0, 19);
}

/** Flat JSON: texts, numbers, booleans and null by key. */
function isKeyValue(value: string): boolean {
  try {
    const read: unknown = JSON.parse(value);
    if (typeof read !== "object" || read === null || Array.isArray(read)) return false;
    return Object.values(read).every((inner) => inner === null || typeof inner !== "object");
  } catch {
    return false;
  }
}

const CURRENCIES = new Set(Intl.supportedValuesOf("currency"));
const columnOf = (id: string): string => id.split("-")[0] as string;

/** A rule about the values of a column that are there. */
const value = (id: string, says: string, check: Check, when: When = () => true): RowRule => {
  const column = columnOf(id);
  return {
    id,
    column,
    says: `${column} ${says}`,
    breaks: (row) => {
      const text = row[column];
      return text !== null && text !== undefined && when(row) && !check(text, row);
    },
  };
};
const each = (ids: string, says: string, check: Check): RowRule[] => ids.split(" ").map((id) => value(id, says, check));

const required = (id: string, says = "", when: When = () => true): RowRule => ({
  id,
  column: columnOf(id),
  says: `${columnOf(id)} must not be empty${says && ` ${says}`}`,
  breaks: (row) => row[columnOf(id)] === null && when(row),
});
const empty = (id: string, says: string, when: When): RowRule => ({
  id,
  column: columnOf(id),
  says: `${columnOf(id)} must be empty ${says}`,
  breaks: (row) => row[columnOf(id)] !== null && when(row),
});
const advice = (rule: RowRule): RowRule => ({ ...rule, advice: true, says: rule.says.replace("must", "should") });

const is = (column: string, ...values: readonly string[]): When => {
  return (row) => values.includes(row[column] ?? "\u0000");
};
const has =
  (column: string): When =>
  (row) =>
    (row[column] ?? null) !== null;
const lacks =
  (column: string): When =>
  (row) =>
    (row[column] ?? null) === null;
/** No value is not this value. */
const not =
  (column: string, other: string): When =>
  (row) =>
    row[column] !== other;
const all =
  (...conditions: readonly When[]): When =>
  (row) =>
    conditions.every((when) => when(row));
const any =
  (...conditions: readonly When[]): When =>
  (row) =>
    conditions.some((when) => when(row));

const usageOrPurchase = is("ChargeCategory", "Usage", "Purchase");
const priced = all(usageOrPurchase, not("ChargeClass", "Correction"));
const tax = is("ChargeCategory", "Tax");
const oneOf = (id: string, ...values: readonly string[]): RowRule =>
  value(id, `must be one of ${values.join(", ")}`, (text) => values.includes(text));

/** Compared as doubles, without tolerance, as the published validator does. */
function product(id: string, price: string, cost: string): RowRule {
  const columns = [price, "PricingQuantity", cost];
  return {
    id,
    column: columnOf(id),
    says: `${price} × PricingQuantity must be ${cost}`,
    breaks: (row) => {
      const texts = columns.map((column) => row[column] ?? null);
      if (row.ChargeClass === "Correction" || !texts.every((text) => text !== null && NUMERIC.test(text))) return false;
      const [a, b, c] = texts.map(Number) as [number, number, number];
      return a * b !== c;
    },
  };
}

const DECIMALS =
  "ListUnitPrice-C-001-M PricingQuantity-C-001-M PricingCurrencyListUnitPrice-C-001-M ConsumedQuantity-C-001-M PricingCurrencyContractedUnitPrice-C-001-M PricingCurrencyEffectiveCost-C-001-M CommitmentDiscountQuantity-C-001-M EffectiveCost-C-001-M BilledCost-C-001-M ContractedUnitPrice-C-002-M ContractedCost-C-001-M ListCost-C-001-M BilledCost-C-004-M";
const NUMERICS =
  "ListUnitPrice-C-002-M PricingQuantity-C-002-M PricingCurrencyListUnitPrice-C-002-M ConsumedQuantity-C-002-M PricingCurrencyContractedUnitPrice-C-002-M PricingCurrencyEffectiveCost-C-002-M CommitmentDiscountQuantity-C-002-M EffectiveCost-C-002-M BilledCost-C-002-M ContractedUnitPrice-C-003-M ContractedCost-C-002-M ListCost-C-002-M";
const STRINGS =
  "CommitmentDiscountName-C-001-M InvoiceIssuerName-C-001-M ProviderName-C-001-M BillingAccountId-C-002-M BillingAccountName-C-001-M ChargeCategory-C-001-M AvailabilityZone-C-001-M PublisherName-C-001-M ServiceCategory-C-001-M SkuMeter-C-001-M CommitmentDiscountId-C-001-M ResourceId-C-001-M ChargeDescription-C-001-M SkuPriceId-C-001-M InvoiceId-C-001-M ConsumedUnit-C-001-M ChargeFrequency-C-001-M SkuId-C-001-M ResourceType-C-001-M SubAccountType-C-001-M PricingCategory-C-001-M PricingCurrency-C-001-M CommitmentDiscountUnit-C-001-M BillingAccountType-C-001-M CommitmentDiscountCategory-C-001-M CommitmentDiscountType-C-001-M ServiceName-C-001-M CommitmentDiscountStatus-C-001-M RegionId-C-001-M PricingUnit-C-001-M BillingCurrency-C-001-M ServiceSubcategory-C-001-M ChargeClass-C-001-M CapacityReservationId-C-001-M SubAccountName-C-001-M ResourceName-C-001-M CapacityReservationStatus-C-001-M RegionName-C-001-M SubAccountId-C-001-M";
const REQUIRED =
  "InvoiceIssuerName-C-003-M ProviderName-C-003-M BillingAccountId-C-001-M BillingAccountName-C-003-C BillingPeriodStart-C-003-M ChargeCategory-C-002-M PublisherName-C-003-M ServiceCategory-C-002-M ChargePeriodStart-C-003-M ChargeFrequency-C-002-M PricingCurrency-C-004-M PricingCurrencyEffectiveCost-C-003-M BillingPeriodEnd-C-003-M ServiceName-C-003-M BillingCurrency-C-004-M ServiceSubcategory-C-002-M EffectiveCost-C-003-M BilledCost-C-003-M ChargePeriodEnd-C-003-M ContractedCost-C-003-M ListCost-C-003-M EffectiveCost-C-004-M ContractedCost-C-004-M ListCost-C-004-M";
const PRICED =
  "ListUnitPrice-C-005-C PricingQuantity-C-005-C SkuPriceId-C-005-C PricingCurrencyListUnitPrice-C-005-C SkuId-C-005-C PricingCategory-C-004-C ContractedUnitPrice-C-006-C";
const UNTAXED =
  "ListUnitPrice-C-004-C PricingQuantity-C-004-C SkuPriceId-C-004-C PricingCurrencyListUnitPrice-C-004-C SkuId-C-004-C PricingCategory-C-003-C ContractedUnitPrice-C-005-C";
const NOT_NEGATIVE = "ListUnitPrice-C-008-M PricingCurrencyListUnitPrice-C-008-M ContractedUnitPrice-C-009-C";

/** Two columns that are there together or not at all: rules for "empty with" and "filled with". */
const together = (emptyId: string, filledId: string, other: string): RowRule[] => [
  ...(emptyId ? [empty(emptyId, `where ${other} is empty`, lacks(other))] : []),
  ...(filledId ? [required(filledId, `where ${other} is not`, has(other))] : []),
];

const isNumeric: Check = (text) => NUMERIC.test(text);

export const ROW_RULES: readonly RowRule[] = [
  ...each(STRINGS, "must be a text", (text) => typeof text === "string"),
  ...each(`${DECIMALS} ${NUMERICS}`, "must be a decimal number", isNumeric),
  ...each(
    "BillingPeriodStart-C-001-M BillingPeriodEnd-C-001-M ChargePeriodEnd-C-001-M ChargePeriodStart-C-001-M",
    "must be written YYYY-MM-DDThh:mm:ssZ",
    (text) => TIME.test(text),
  ),
  ...each(
    "BillingPeriodStart-C-002-M ChargePeriodStart-C-002-M BillingPeriodEnd-C-002-M ChargePeriodEnd-C-002-M",
    "must be a time that the calendar has",
    isTime,
  ),
  ...each("SkuPriceDetails-C-001-M Tags-C-001-M", "must be flat JSON", isKeyValue),
  ...each("PricingCurrency-C-003-M BillingCurrency-C-003-M", "must be three capital letters", (text) =>
    /^[A-Z]{3}$/.test(text),
  ),
  value("BillingCurrency-C-006-M", "must be a currency of ISO 4217", (text) => CURRENCIES.has(text)),
  ...each(
    "ConsumedUnit-C-003-O CommitmentDiscountUnit-C-003-M PricingUnit-C-003-O",
    "must be written like GB-Hours",
    (text) => UNIT.test(text),
  ).map(advice),
  ...REQUIRED.split(" ").map((id) => required(id)),
  ...PRICED.split(" ").map((id) => required(id, "for usage and purchases that are no corrections", priced)),
  ...UNTAXED.split(" ").map((id) => empty(id, "for taxes", tax)),
  ...each(NOT_NEGATIVE, "must not be negative", (text) => !(Number(text) < 0)),
  {
    id: "PricingCurrencyEffectiveCost-C-004-M",
    column: "PricingCurrencyListUnitPrice",
    says: "PricingCurrencyListUnitPrice must not be negative",
    breaks: (row) => Number(row.PricingCurrencyListUnitPrice ?? 0) < 0,
  },
  product("ListUnitPrice-C-010-C", "ListUnitPrice", "ListCost"),
  product("ListCost-C-009-C", "ListUnitPrice", "ListCost"),
  product("ContractedUnitPrice-C-011-C", "ContractedUnitPrice", "ContractedCost"),
  oneOf("ChargeCategory-C-003-M", "Usage", "Purchase", "Tax", "Credit", "Adjustment"),
  oneOf("ChargeClass-C-005-C", "Correction"),
  oneOf("ChargeFrequency-C-003-M", "One-Time", "Recurring", "Usage-Based"),
  value(
    "ChargeFrequency-C-004-C",
    "must not be Usage-Based for purchases",
    (text) => text !== "Usage-Based",
    is("ChargeCategory", "Purchase"),
  ),
  oneOf("PricingCategory-C-007-M", "Standard", "Dynamic", "Committed", "Other"),
  oneOf("CapacityReservationStatus-C-006-M", "Used", "Unused"),
  oneOf("CommitmentDiscountCategory-C-005-M", "Spend", "Usage"),
  oneOf("ServiceCategory-C-003-M", ...SUBCATEGORIES.keys()),
  value("ServiceSubcategory-C-003-M", "must be one of the standard's", (text) =>
    [...SUBCATEGORIES.values()].some((list) => list.includes(text)),
  ),
  value("ServiceSubcategory-C-004-M", "must belong to its ServiceCategory", (text, row) => {
    const category = row.ServiceCategory ?? null;
    const known = [...SUBCATEGORIES.values()].some((list) => list.includes(text));
    return known && (category === null || SUBCATEGORIES.get(category)?.includes(text) === true);
  }),
  value(
    "EffectiveCost-C-005-C",
    "must be 0 for purchases",
    (text) => Number(text) === 0,
    is("ChargeCategory", "Purchase"),
  ),
  value(
    "BilledCost-C-005-C",
    "must be 0 where provider and issuer of the invoice are not the same",
    (text) => Number(text) === 0,
    (row) => {
      const { ProviderName: provider = null, InvoiceIssuerName: issuer = null } = row;
      return provider !== null && issuer !== null && provider !== issuer;
    },
  ),
  empty(
    "ConsumedQuantity-C-004-C",
    "unless it was used",
    any(not("ChargeCategory", "Usage"), is("CommitmentDiscountStatus", "Unused")),
  ),
  ...together("ConsumedUnit-C-005-C", "ConsumedUnit-C-006-C", "ConsumedQuantity"),
  ...together("PricingUnit-C-005-C", "PricingUnit-C-006-C", "PricingQuantity"),
  ...together("RegionName-C-004-C", "RegionName-C-005-C", "RegionId"),
  ...together("SubAccountName-C-004-C", "SubAccountName-C-005-C", "SubAccountId"),
  ...together("SubAccountType-C-004-C", "SubAccountType-C-005-C", "SubAccountId"),
  ...together("BillingAccountType-C-004-C", "BillingAccountType-C-005-C", "BillingAccountId"),
  ...together("ResourceType-C-004-C", "ResourceType-C-005-C", "ResourceId"),
  ...together("SkuPriceDetails-C-004-C", "", "SkuPriceId"),
  ...together("SkuMeter-C-004-C", "", "SkuId"),
  ...together("", "SkuMeter-C-005-C", "SkuId").map(advice),
  ...together("CommitmentDiscountName-C-004-C", "", "CommitmentDiscountId"),
  ...together("CommitmentDiscountCategory-C-003-C", "CommitmentDiscountCategory-C-004-C", "CommitmentDiscountId"),
  ...together("CommitmentDiscountType-C-004-C", "CommitmentDiscountType-C-005-C", "CommitmentDiscountId"),
  ...together("CommitmentDiscountUnit-C-005-C", "CommitmentDiscountUnit-C-006-C", "CommitmentDiscountQuantity"),
  required(
    "CommitmentDiscountQuantity-C-005-C",
    "where a commitment was used or bought",
    all(priced, has("CommitmentDiscountId")),
  ),
  empty(
    "CommitmentDiscountQuantity-C-007-C",
    "without a commitment, and for corrections",
    any((row) => !usageOrPurchase(row), lacks("CommitmentDiscountId"), is("ChargeClass", "Correction")),
  ),
  required(
    "CapacityReservationId-C-005-C",
    "where the reservation is unused",
    is("CapacityReservationStatus", "Unused"),
  ),
  empty("CapacityReservationStatus-C-003-C", "where CapacityReservationId is empty", lacks("CapacityReservationId")),
  required(
    "CapacityReservationStatus-C-004-C",
    "for usage of a reservation",
    all(has("CapacityReservationId"), is("ChargeCategory", "Usage")),
  ),
  advice(required("ChargeDescription-C-003-O")),
];

export const GROUP_RULES: readonly GroupRule[] = [
  { id: "SkuPriceId-C-008-M", column: "SkuPriceId", with: "SkuId", says: "each SkuPriceId must have one SkuId" },
  {
    id: "ServiceName-C-005-C",
    column: "ServiceName",
    with: "ServiceCategory",
    says: "each ServiceName must have one ServiceCategory",
  },
  {
    id: "ServiceName-C-008-C",
    column: "ServiceName",
    with: "ServiceSubcategory",
    advice: true,
    says: "each ServiceName should have one ServiceSubcategory",
  },
];

export const PRESENCE_RULES: readonly PresenceRule[] = FOCUS_COLUMNS.flatMap((column) => {
  const found = own(PRESENCE, column);
  if (!found) return [];
  const says = `the column ${column} ${found.advice ? "should" : "must"} be there`;
  return [{ id: `CostAndUsage-D-${found.id}`, column, says, ...(found.advice ? { advice: true } : {}) }];
});
