import { STANDARD_LABELS } from "@/lib/attribution/types.ts";
import type { CsvRecord, Problems } from "@/lib/csv-file.ts";
import { divideHalfEven } from "@/lib/money.ts";
import { own } from "@/lib/order.ts";
import { addDays, DAY, dateOf, dateOfKey, dayKey, HOUR, type Instant, parseInstant } from "@/lib/time.ts";
import { type CostContext, closedAt, closedProblem, ownerOf } from "./file.ts";
import { findGpuName } from "./gpu-names.ts";
import type { DaySpan } from "./spread.ts";
import { readTags } from "./tags.ts";

/** Tags that name a team or its cost centre, the first that does decides. */
const TEAM_TAGS = [STANDARD_LABELS[0], "ai-finops.io/cost-center", "team", "cost-center", "cost_center", "costcenter"];
/** FOCUS amounts have any number of decimals: they are summed at this many, and rounded once. */
export const PLACES = 18;
/** What can be kept exactly, in whole units of a currency. */
const MOST = 9_000_000_000n * 10n ** BigInt(PLACES);

/** Instants that can be written as days of four digits. */
const [EARLIEST, LATEST] = [Date.UTC(2000, 0, 1) / 1000, Date.UTC(9999, 0, 1) / 1000];

/** Where a bill says what was used. */
const METERS = [
  "ChargeDescription",
  "ResourceType",
  "SkuMeter",
  "SkuPriceDetails",
  "SkuId",
  "SkuPriceId",
  "x_InstanceType",
  "x_SkuMeterName",
  "x_SkuMeterSubcategory",
  "x_SkuDescription",
  "x_UsageType",
] as const;
/** Columns that are looked at: others are not kept. */
export const FOCUS_COLUMNS: ReadonlySet<string> = new Set([
  ...["BilledCost", "EffectiveCost", "BillingCurrency", "ChargePeriodStart", "ChargePeriodEnd", "BillingPeriodStart"],
  ...["ChargeCategory", "ChargeClass", "CommitmentDiscountId", "ServiceCategory", "ServiceName", "Tags"],
  ...["ConsumedQuantity", "ConsumedUnit", "PricingQuantity", "PricingUnit", "x_Estimated"],
  ...["ProviderName", "ServiceProviderName", "PublisherName", "BillingAccountId", "SubAccountId", "SubAccountName"],
  ...METERS,
]);

/** A row of FOCUS that costs something, as it is taken. */
export interface Charge extends DaySpan {
  readonly line: number;
  readonly teamKey: number;
  readonly category: string;
  readonly description: string;
  readonly currency: string;
  readonly source: string;
  /** 10^-18. */
  readonly amount: bigint;
}

/** What a row says besides what it costs. */
export interface ReadRow {
  readonly charge: Charge;
  /** The GPU that it names. */
  readonly gpu: string | null;
  /** It is of a period that is closed, and dated in an open one. */
  readonly isLate: boolean;
  /** Its tags are in no form that is known. */
  readonly isUntagged: boolean;
  readonly commitment: string;
  readonly isPurchase: boolean;
  /** Hours of what it names, in 10^-18; 0 of what is no usage, such as a credit; null: it is billed by something else, or does not say. */
  readonly hours: bigint | null;
  /** It may still change. */
  readonly isEstimated: boolean;
}

/** A field's text; the word NULL counts as empty. */
export const fieldOf = (fields: CsvRecord["fields"], name: string): string => {
  const text = (fields[name] ?? "").trim();
  return /^null$/i.test(text) ? "" : text;
};

/** Letters of a name that are kept; no name of a cloud has as many. */
const MOST_SHOWN = 200;
const shown = (text: string): string => (text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN - 1)}…` : text);

/** @param column the one of the amount. @returns null where the row cannot be used: then a problem says why. */
export function readRow(
  { line, fields, problem }: CsvRecord,
  column: string,
  context: CostContext,
  problems: Problems,
): ReadRow | null {
  if (problem) {
    problems.add(line, problem);
    return null;
  }
  const text = (name: string) => fieldOf(fields, name);
  const amount = parseAmount(text(column));
  if (amount === null) problems.add(line, `${column}: "${(fields[column] ?? "").slice(0, 60)}" is not a number.`);
  else if (amount > MOST || amount < -MOST)
    problems.add(line, `${column}: more than 9 billion cannot be kept exactly.`);
  const currency = text("BillingCurrency");
  if (!/^[A-Z]{3}$/.test(currency))
    problems.add(line, `BillingCurrency: "${currency.slice(0, 20)}" is not a currency.`);
  const owner = ownerOfRow(fields, context);
  if (typeof owner.key !== "number") problems.add(line, owner.ambiguous);
  const span = spanOf(text("ChargePeriodStart"), text("ChargePeriodEnd"), context.billingTimeZone);
  if (typeof span === "string") problems.add(line, span);
  if (amount === null || typeof span === "string" || typeof owner.key !== "number") return null;
  const days = openDays(span, fields, context);
  if (typeof days === "string") {
    // A row that costs nothing changes nothing of a closed period.
    if (amount !== 0n) problems.add(line, days);
    return null;
  }
  const words = [shown(text("ServiceName")), shown(text("SubAccountName") || text("SubAccountId"))]
    .filter(Boolean)
    .join(", ");
  const charge = {
    ...{ line, fromDay: days.fromDay, untilDay: days.untilDay, teamKey: owner.key, currency, amount },
    category: shown(text("ServiceCategory")),
    description: [words, days.note].filter(Boolean).join(" "),
    source: sourceOf(fields),
  };
  return {
    charge,
    gpu: gpuOf(fields),
    isLate: days.note !== "",
    isUntagged: owner.isUnread && owner.key === 0,
    commitment: text("CommitmentDiscountId"),
    isPurchase: text("ChargeCategory").toLowerCase() === "purchase",
    hours: /^(?:usage)?$/i.test(text("ChargeCategory")) ? usedHours(text) : 0n,
    isEstimated: /^(?:true|1)$/i.test(text("x_Estimated")),
  };
}

const HOURS = /^(?:\d+ )?(?:hours?|hrs?|hourly)$/i;
/** Azure and Google bill packs of hours and parts of one. */
const PACKS: Readonly<Record<string, bigint>> = { minutes: 60n, seconds: 3600n };

const usedHours = (text: (name: string) => string): bigint | null =>
  hoursOf(text("ConsumedUnit"), text("ConsumedQuantity")) ?? hoursOf(text("PricingUnit"), text("PricingQuantity"));

function hoursOf(unit: string, quantity: string): bigint | null {
  const amount = quantity === "" ? null : parseAmount(quantity);
  if (amount === null) return null;
  const name = unit.trim().toLowerCase();
  const part = own(PACKS, name);
  if (part !== undefined) return divideHalfEven(amount, part);
  if (!HOURS.test(name)) return null;
  return amount * BigInt(/^\d+/.exec(name)?.[0] ?? 1);
}

function gpuOf(fields: CsvRecord["fields"]): string | null {
  for (const name of METERS) {
    const found = findGpuName(fieldOf(fields, name));
    if (found !== null) return found;
  }
  return null;
}

/** Whose bill of which period it is: two files with the same are versions of one export. */
function sourceOf(fields: CsvRecord["fields"]): string {
  const text = (name: string) => fieldOf(fields, name).slice(0, 100);
  const provider = text("ProviderName") || text("ServiceProviderName") || text("PublisherName");
  const account = [text("BillingAccountId"), text("SubAccountId")].filter(Boolean).join("/");
  return [provider, account, text("BillingPeriodStart").slice(0, 10)].filter(Boolean).join(", ");
}

/**
 * Whole UTC days keep their dates, whatever the billing time zone; anything up to a day, also a moment, is of the billing day in which it
 * begins; whole days from another hour on are as many days, from that of their start; anything else is of every billing day that it touches.
 * @returns a sentence where these are no two instants.
 */
function spanOf(from: string, until: string, zone: string): DaySpan | string {
  const [start, end] = [parseInstant(from), parseInstant(until)];
  if (start === null || end === null) {
    const [name, wrong] = start === null ? ["ChargePeriodStart", from] : ["ChargePeriodEnd", until];
    return `${name}: "${wrong.slice(0, 40)}" is not a date of ISO 8601: write it as 2026-11-05T00:00:00Z.`;
  }
  if (end < start || start < EARLIEST || end > LATEST)
    return "its charge period is not two instants since 2000, the later one last.";
  return daysOf(start, end, zone);
}

function daysOf(start: Instant, end: Instant, zone: string): DaySpan {
  const dayAt = (at: Instant, inZone: string) => dayKey(dateOf(at, inZone));
  if (start % DAY === 0 && end % DAY === 0 && end > start)
    return { fromDay: dayAt(start, "UTC"), untilDay: dayAt(end, "UTC") };
  const fromDay = dayAt(start, zone);
  if (end - start <= DAY) return { fromDay, untilDay: addDays(fromDay, 1) };
  const days = Math.round((end - start) / DAY);
  // Local midnights on both sides of a change of the clock are an hour more or less apart.
  const isWhole = Math.abs(end - start - days * DAY) <= HOUR;
  return { fromDay, untilDay: isWhole ? addDays(fromDay, days) : addDays(dayAt(end - 1, zone), 1) };
}

/**
 * The days that a row is booked on: its own where they are open. A correction of a closed period, and what a bill of an open period
 * has of it, is booked on its open days, else on the first open day of that bill.
 * @returns a sentence where the row is of a closed period as its own bill.
 */
function openDays(
  span: DaySpan,
  fields: CsvRecord["fields"],
  context: CostContext,
): (DaySpan & { readonly note: string }) | string {
  const { closed, billingTimeZone } = context;
  const hit = closedAt(closed, span);
  if (!hit) return { ...span, note: "" };
  const isCorrection = fieldOf(fields, "ChargeClass").toLowerCase() === "correction";
  const billed = parseInstant(fieldOf(fields, "BillingPeriodStart"));
  const billDay = billed === null ? null : dayKey(dateOf(billed, billed % DAY === 0 ? "UTC" : billingTimeZone));
  const isOpen = (day: number) => !closedAt(closed, { fromDay: day, untilDay: addDays(day, 1) });
  const hasOpenBill = billDay !== null && billDay >= hit.untilDay && isOpen(billDay);
  if (!isCorrection && !hasOpenBill) return closedProblem(context, span.fromDay, span.untilDay) as string;
  const last = addDays(span.untilDay, -1);
  const own = span.fromDay === last ? dateOfKey(last) : `${dateOfKey(span.fromDay)} to ${dateOfKey(last)}`;
  const note = `(${isCorrection ? "correction of" : "late cost of"} ${own})`;
  let first = hit.untilDay;
  for (let next = closed.find((c) => first >= c.fromDay && first < c.untilDay); next; ) {
    first = next.untilDay;
    next = closed.find((c) => first >= c.fromDay && first < c.untilDay);
  }
  if (first < span.untilDay) return { fromDay: first, untilDay: span.untilDay, note };
  const day = hasOpenBill ? billDay : first;
  return { fromDay: day, untilDay: addDays(day, 1), note };
}

type RowOwner =
  | { readonly key: number; readonly isUnread: boolean }
  | { readonly key: null; readonly ambiguous: string };

/** The team that a tag, or else the sub account, names; 0: none does. */
function ownerOfRow(fields: CsvRecord["fields"], { teamKey, teams }: CostContext): RowOwner {
  if (teamKey !== undefined) return { key: teamKey, isUnread: false };
  const tags = readTags(fieldOf(fields, "Tags"));
  const isUnread = tags === null;
  const names = TEAM_TAGS.map((key) => tags?.get(key));
  for (const name of [...names, fieldOf(fields, "SubAccountName"), fieldOf(fields, "SubAccountId")]) {
    const owner = name ? ownerOf(teams, name) : undefined;
    if (owner && "ambiguous" in owner) return { key: null, ambiguous: owner.ambiguous };
    if (owner) return { key: owner.key, isUnread };
  }
  return { key: 0, isUnread };
}

const NUMBER = /^([+-]?)(?:(\d{1,40})(?:\.(\d{0,60}))?|\.(\d{1,60}))(?:[eE]([+-]?\d{1,2}))?$/;

/** A FOCUS number, also with an exponent or without a zero before its point, in 10^-18; digits beyond are rounded half to even. */
function parseAmount(text: string): bigint | null {
  const match = NUMBER.exec(text);
  if (!match) return null;
  const [, sign, whole = "", decimals = "", bare = "", exponent = "0"] = match;
  const fraction = decimals || bare;
  const digits = BigInt(whole + fraction);
  const shift = PLACES - fraction.length + Number(exponent);
  const value = shift >= 0 ? digits * 10n ** BigInt(shift) : divideHalfEven(digits, 10n ** BigInt(-shift));
  return sign === "-" ? -value : value;
}
