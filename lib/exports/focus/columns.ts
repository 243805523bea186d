/** The columns of FOCUS 1.2, all 57, in their order; a concept that the ledger does not have is always null. */
export const FOCUS_COLUMNS = [
  "AvailabilityZone",
  "BilledCost",
  "BillingAccountId",
  "BillingAccountName",
  "BillingAccountType",
  "BillingCurrency",
  "BillingPeriodEnd",
  "BillingPeriodStart",
  "CapacityReservationId",
  "CapacityReservationStatus",
  "ChargeCategory",
  "ChargeClass",
  "ChargeDescription",
  "ChargeFrequency",
  "ChargePeriodEnd",
  "ChargePeriodStart",
  "CommitmentDiscountCategory",
  "CommitmentDiscountId",
  "CommitmentDiscountName",
  "CommitmentDiscountQuantity",
  "CommitmentDiscountStatus",
  "CommitmentDiscountType",
  "CommitmentDiscountUnit",
  "ConsumedQuantity",
  "ConsumedUnit",
  "ContractedCost",
  "ContractedUnitPrice",
  "EffectiveCost",
  "InvoiceId",
  "InvoiceIssuerName",
  "ListCost",
  "ListUnitPrice",
  "PricingCategory",
  "PricingCurrency",
  "PricingCurrencyContractedUnitPrice",
  "PricingCurrencyEffectiveCost",
  "PricingCurrencyListUnitPrice",
  "PricingQuantity",
  "PricingUnit",
  "ProviderName",
  "PublisherName",
  "RegionId",
  "RegionName",
  "ResourceId",
  "ResourceName",
  "ResourceType",
  "ServiceCategory",
  "ServiceName",
  "ServiceSubcategory",
  "SkuId",
  "SkuMeter",
  "SkuPriceDetails",
  "SkuPriceId",
  "SubAccountId",
  "SubAccountName",
  "SubAccountType",
  "Tags",
] as const;

export const FOCUS_VERSIONS = ["1.2", "1.3", "1.4"] as const;
export type FocusVersion = (typeof FOCUS_VERSIONS)[number];

/** Mandatory from 1.3 on, in place of the two that 1.3 calls outdated and 1.4 no longer has. */
const SINCE_1_3 = ["HostProviderName", "ServiceProviderName"] as const;
const UNTIL_1_3: readonly string[] = ["ProviderName", "PublisherName"];
export type VersionedColumn = (typeof FOCUS_COLUMNS)[number] | (typeof SINCE_1_3)[number];

/** The columns of the standard that a file of a version has, in the order of their names. */
export function columnsOf(version: FocusVersion): readonly VersionedColumn[] {
  if (version === "1.2") return FOCUS_COLUMNS;
  const kept = version === "1.3" ? FOCUS_COLUMNS : FOCUS_COLUMNS.filter((column) => !UNTIL_1_3.includes(column));
  return [...kept, ...SINCE_1_3].sort();
}

/** Columns of our own, after those of the standard. Money and quantities here are the ledger's integers. */
export const OWN_COLUMNS = [
  "x_AmountMicros",
  "x_Cluster",
  "x_CorrectsInvoiceId",
  "x_CostCentre",
  "x_CoveragePercent",
  "x_Department",
  "x_ExchangeRate",
  "x_ExchangeRateDate",
  "x_ExchangeRateSource",
  "x_GlAccount",
  "x_GpuModel",
  "x_IdleAmountMicros",
  "x_LineKind",
  "x_NodePool",
  "x_PriceClass",
  "x_PriceVersion",
  "x_QuantityBaseUnits",
  "x_Reason",
  "x_ShareMethod",
  "x_StatementHash",
  "x_StatementStatus",
  "x_User",
  "x_WorkloadCategory",
] as const;

/** Columns that hold numbers. */
export const NUMBER_COLUMNS: ReadonlySet<string> = new Set([
  "BilledCost",
  "CommitmentDiscountQuantity",
  "ConsumedQuantity",
  "ContractedCost",
  "ContractedUnitPrice",
  "EffectiveCost",
  "ListCost",
  "ListUnitPrice",
  "PricingCurrencyContractedUnitPrice",
  "PricingCurrencyEffectiveCost",
  "PricingCurrencyListUnitPrice",
  "PricingQuantity",
  "x_AmountMicros",
  "x_CoveragePercent",
  "x_ExchangeRate",
  "x_IdleAmountMicros",
  "x_PriceVersion",
  "x_QuantityBaseUnits",
]);

export type FocusColumn = (typeof FOCUS_COLUMNS)[number] | (typeof OWN_COLUMNS)[number];
/** Every value as it is written; null is an empty field, and no text is empty. */
export type FocusRow = Readonly<Record<string, string | null>>;
export type OwnFocusRow = Readonly<Record<FocusColumn, string | null>>;

export const EMPTY_ROW = Object.fromEntries(
  [...FOCUS_COLUMNS, ...OWN_COLUMNS].map((column) => [column, null]),
) as OwnFocusRow;
