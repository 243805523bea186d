import { disarmed } from "@/lib/csv-file.ts";
import { AppError } from "@/lib/errors.ts";
import { csvRecords } from "@/lib/exports/csv.ts";
import { roundingDescription, standingOf } from "@/lib/exports/statement-lines.ts";
import { addExactly, formatMicros, formatNanos, type Micros, SKUS } from "@/lib/money.ts";
import type { ForeignPrice } from "@/lib/pricing/types.ts";
import type { Statement, StatementCharge, StatementLine } from "@/lib/statements/types.ts";
import { dateOfKey, dayOfKey, formatInstant } from "@/lib/time.ts";
import { percentOf } from "@/lib/units.ts";
import {
  columnsOf,
  EMPTY_ROW,
  type FocusColumn,
  type FocusVersion,
  NUMBER_COLUMNS,
  OWN_COLUMNS,
  type OwnFocusRow,
  type VersionedColumn,
} from "./columns.ts";
import { priceTerms, product, quantityText } from "./figures.ts";

/** The grain of the export: a charge of one workload (an empty id: of nobody) on one day, for one SKU at one price. */
export type FocusDetail = StatementCharge;

/** Rows made at a time: so few that what is checked and written between two turns of the event loop takes milliseconds. */
const PAGE = 100;
const GPU_SERVICE = { ServiceCategory: "AI and Machine Learning", ServiceSubcategory: "AI Platforms" } as const;
const OTHER_SERVICE = { ServiceCategory: "Other", ServiceSubcategory: "Other (Other)" } as const;
const clusterService = (cluster: string) => ({
  ...GPU_SERVICE,
  ServiceName: cluster ? `GPU cluster ${cluster}` : "GPU clusters",
});

/** Tags are flat; their keys have the provider's prefix, and what has no value is left out. */
function tags(values: Readonly<Record<string, string>>): string | null {
  const given = Object.entries(values).filter(([, value]) => value !== "");
  if (!given.length) return null;
  return JSON.stringify(Object.fromEntries(given.map(([key, value]) => [`gpu-ledger/${key}`, value])));
}

const orNull = (text: string): string | null => text || null;

/** An amount as every cost of a row: no unit price stands behind it. */
const costs = (amountMicros: Micros): Partial<OwnFocusRow> => {
  const text = formatMicros(amountMicros);
  return {
    BilledCost: text,
    EffectiveCost: text,
    ListCost: text,
    ContractedCost: text,
    PricingCurrencyEffectiveCost: text,
    x_AmountMicros: String(amountMicros),
  };
};

/** What every row of a statement says. The team is the account that is billed, a project is an account within it. */
function shared(statement: Statement): OwnFocusRow {
  const { issuer, currency, period, team } = statement.header;
  const name = orNull(issuer.trim()) ?? "GPU platform";
  return {
    ...EMPTY_ROW,
    BillingAccountId: `team-${team.key}`,
    BillingAccountName: orNull(team.name) ?? `team-${team.key}`,
    BillingAccountType: "Team",
    BillingCurrency: currency,
    BillingPeriodStart: formatInstant(period.start),
    BillingPeriodEnd: formatInstant(period.end),
    InvoiceId: statement.number,
    InvoiceIssuerName: name,
    PricingCurrency: currency,
    ProviderName: name,
    PublisherName: name,
    x_CostCentre: orNull(team.costCentre),
    x_GlAccount: orNull(team.glAccount),
    x_StatementHash: statement.hash,
    x_StatementStatus: standingOf(statement),
  };
}

const subAccount = (projectKey: number, project: string): Partial<OwnFocusRow> =>
  projectKey === 0
    ? {}
    : {
        SubAccountId: `project-${projectKey}`,
        SubAccountName: project || `project-${projectKey}`,
        SubAccountType: "Project",
      };

function usageRow(base: OwnFocusRow, { header }: Statement, d: FocusDetail): OwnFocusRow {
  const day = dayOfKey(d.day, header.billingTimeZone);
  const quantity = quantityText(d.quantity, d.sku);
  const unitPrice = formatNanos(d.unitPriceNanos);
  const cost = product(unitPrice, quantity);
  const { unit } = SKUS[d.sku];
  const gpu = d.sku === "gpu";
  const coverage = percentOf(d.observedMilli, d.expectedMilli);
  const agreedPrice = d.foreign ? formatNanos(d.foreign.unitPriceNanos) : unitPrice;
  const what =
    gpu && d.gpuModel ? d.gpuModel : { gpu: "GPU", cpu: "CPU", memory: "Memory", "gpu-memory": "GPU memory" }[d.sku];
  return {
    ...base,
    ...costs(d.amountMicros),
    ListCost: cost,
    ContractedCost: cost,
    ...clusterService(d.cluster),
    ...subAccount(d.projectKey, d.project),
    ...priceTerms(d),
    ChargeCategory: "Usage",
    ChargeDescription: [`${what}, ${d.priceClass}`, d.workload || d.workloadId || "held by nobody"].join(": "),
    ChargeFrequency: "Usage-Based",
    ChargePeriodStart: formatInstant(day.start),
    ChargePeriodEnd: formatInstant(day.end),
    ConsumedQuantity: quantity,
    ConsumedUnit: unit,
    PricingQuantity: quantity,
    PricingUnit: unit,
    ListUnitPrice: unitPrice,
    ContractedUnitPrice: unitPrice,
    PricingCurrencyListUnitPrice: agreedPrice,
    PricingCurrencyContractedUnitPrice: agreedPrice,
    ...(d.foreign ? converted(d.foreign, product(agreedPrice, quantity)) : {}),
    ResourceId: orNull(d.workloadId),
    ResourceName: d.workloadId ? d.workload || d.workloadId : null,
    ResourceType: d.workloadId ? d.category || "Workload" : null,
    Tags: tags({ team: header.team.name, department: d.department, project: d.project, user: d.user }),
    x_Cluster: orNull(d.cluster),
    x_CoveragePercent: gpu && coverage !== null ? coverage.toFixed(2) : null,
    x_Department: orNull(d.department),
    x_GpuModel: orNull(d.gpuModel),
    x_IdleAmountMicros: gpu ? String(d.idleMicros) : null,
    x_LineKind: "usage",
    x_NodePool: orNull(d.nodePool),
    x_PriceClass: d.priceClass,
    x_PriceVersion: d.priceVersion === null ? null : String(d.priceVersion),
    x_QuantityBaseUnits: String(d.quantity),
    x_User: orNull(d.user),
    x_WorkloadCategory: orNull(d.category),
  };
}

/** What a row at a price in another currency says of it. @param cost in that currency. */
const converted = ({ currency, rateNanos, rateDay, rateSource }: ForeignPrice, cost: string): Partial<OwnFocusRow> => ({
  PricingCurrency: currency,
  PricingCurrencyEffectiveCost: cost,
  x_ExchangeRate: formatNanos(rateNanos),
  x_ExchangeRateDate: dateOfKey(rateDay),
  x_ExchangeRateSource: orNull(rateSource),
});

/**
 * A share, imported cost or correction: an amount without a unit price, so an adjustment. A correction of GPU, CPU or memory
 * usage of a closed period is usage of the class `Correction`; what settles a dispute inside the period is neither.
 */
function lineRow(base: OwnFocusRow, { header }: Statement, line: StatementLine): OwnFocusRow {
  const [start, end] = [line.fromDay, line.untilDay].map((key) => dayOfKey(key, header.billingTimeZone).start);
  const correction = line.kind === "correction" && line.corrects !== "";
  const usage = correction && line.sku !== "" && line.quantity !== null;
  const credit = line.kind === "correction" && !correction && line.amountMicros < 0;
  const unused = line.method === "unused-quota";
  return {
    ...base,
    ...costs(line.amountMicros),
    ...(line.kind === "cost" ? { ...OTHER_SERVICE, ServiceName: "Imported cost" } : clusterService(line.cluster)),
    ...subAccount(line.projectKey, line.project),
    ...(usage ? correctedUsage(line) : {}),
    CapacityReservationId: unused ? `quota of team-${header.team.key}${line.cluster && ` on ${line.cluster}`}` : null,
    CapacityReservationStatus: unused ? "Unused" : null,
    ChargeCategory: usage ? "Usage" : credit ? "Credit" : "Adjustment",
    ChargeClass: correction ? "Correction" : null,
    ChargeDescription: orNull(line.description) ?? line.key,
    ChargeFrequency: line.kind === "share" ? "Recurring" : "One-Time",
    ChargePeriodStart: formatInstant(start as number),
    ChargePeriodEnd: formatInstant(end as number),
    Tags: tags({ team: header.team.name, department: line.department, project: line.project }),
    x_Cluster: orNull(line.cluster),
    x_CorrectsInvoiceId: orNull(line.corrects),
    x_Department: orNull(line.department),
    x_GpuModel: orNull(line.gpuModel),
    x_LineKind: line.kind,
    x_NodePool: orNull(line.nodePool),
    x_PriceClass: orNull(line.priceClass),
    x_PriceVersion: line.priceVersion === null ? null : String(line.priceVersion),
    x_QuantityBaseUnits: line.quantity === null ? null : String(line.quantity),
    x_Reason: orNull(line.reason),
    x_ShareMethod: orNull(line.method),
  };
}

/** The quantity by which a correction differs, without a unit price: it may be the price that changed. */
function correctedUsage({ sku, quantity, gpuModel }: StatementLine): Partial<OwnFocusRow> {
  if (sku === "" || quantity === null) return {};
  const { unit } = SKUS[sku];
  const text = quantityText(quantity, sku);
  const { SkuId = null, SkuMeter = null } = priceTerms({
    sku,
    gpuModel,
    priceClass: "standard",
    priceKey: 0,
    priceVersion: null,
  });
  return { SkuId, SkuMeter, PricingQuantity: text, PricingUnit: unit, ConsumedQuantity: text, ConsumedUnit: unit };
}

/**
 * What brings the rows to the rounded total: the rounding, and at most a micro-unit for each row where detail and lines
 * were rounded apart. @throws AppError `internal` when they differ by more: then the detail is not that of the statement.
 */
function roundingRow(base: OwnFocusRow, statement: Statement, written: Micros, rows: number): OwnFocusRow {
  const { header } = statement;
  const apart = header.totalMicros - written;
  if (Math.abs(apart) > rows)
    throw new AppError(
      "internal",
      `The charges of ${header.team.name} in ${header.period.id} come to ${formatMicros(written)}, the lines of its statement to ${formatMicros(header.totalMicros)}: charge the period again, or inform an administrator.`,
    );
  return {
    ...base,
    ...costs(header.roundedMicros - written),
    ...OTHER_SERVICE,
    ServiceName: "Statement rounding",
    ChargeCategory: "Adjustment",
    ChargeDescription: roundingDescription(header.currency) + (apart === 0 ? "" : ", and of single charges"),
    ChargeFrequency: "One-Time",
    ChargePeriodStart: base.BillingPeriodStart,
    ChargePeriodEnd: base.BillingPeriodEnd,
    Tags: tags({ team: header.team.name }),
    x_LineKind: "rounding",
  };
}

/**
 * A statement as rows of FOCUS 1.2: its usage charge by charge from `details`, its other lines one by one, and last an
 * adjustment, so that BilledCost sums to the rounded total, exactly. BilledCost and EffectiveCost are the ledger's amounts;
 * ListCost and ContractedCost are the products, as doubles, of the unit price and quantity written beside them.
 * @throws AppError `internal` when the details are not those of the statement's usage.
 */
export async function* focusRows(
  statement: Statement,
  details: AsyncIterable<readonly FocusDetail[]>,
): AsyncGenerator<OwnFocusRow[]> {
  const base = shared(statement);
  let written = 0;
  let rows = 0;
  const counted = (row: OwnFocusRow, micros: Micros): OwnFocusRow => {
    written = addExactly(written, micros);
    rows += 1;
    return row;
  };
  for await (const page of details)
    for (let i = 0; i < page.length; i += PAGE)
      yield page.slice(i, i + PAGE).map((d) => counted(usageRow(base, statement, d), d.amountMicros));
  const others = statement.lines.filter((line) => line.kind !== "usage");
  for (let i = 0; i < others.length; i += PAGE)
    yield others.slice(i, i + PAGE).map((line) => counted(lineRow(base, statement, line), line.amountMicros));
  yield [roundingRow(base, statement, written, rows)];
}

/** Who hosts and who serves: the platform that issues the statement, as ProviderName. */
const nameOf = (column: VersionedColumn | FocusColumn): FocusColumn =>
  column === "HostProviderName" || column === "ServiceProviderName" ? "ProviderName" : column;

function field(row: OwnFocusRow, column: FocusColumn): string | null {
  const value = row[column];
  return value === null || NUMBER_COLUMNS.has(column) ? value : disarmed(value);
}

/** Rows as a CSV file, null as an empty field, formulas disarmed. Rows of any number of statements may follow one another. */
export async function* focusCsv(
  pages: AsyncIterable<readonly OwnFocusRow[]>,
  version: FocusVersion = "1.2",
): AsyncGenerator<string> {
  const columns = [...columnsOf(version), ...OWN_COLUMNS];
  yield csvRecords([columns]);
  for await (const rows of pages)
    if (rows.length) yield csvRecords(rows.map((row) => columns.map((column) => field(row, nameOf(column)))));
}
