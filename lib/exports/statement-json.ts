import { formatMicros, type Micros } from "@/lib/money.ts";
import { classParts } from "@/lib/statements/class-parts.ts";
import type { AmountPoint, Statement } from "@/lib/statements/types.ts";
import { overrideWords } from "@/lib/statements/words.ts";
import { dateOfKey, formatInstant, type Instant } from "@/lib/time.ts";
import { percentOf } from "@/lib/units.ts";
import { jsonRow } from "./json.ts";
import { priced, STATEMENT_COLUMNS, standingOf, statementRows } from "./statement-lines.ts";

/** A value in JSON that is written as it stands: an amount keeps its six decimals. */
class Raw {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Value = Raw | string | number | null | readonly Value[] | { readonly [key: string]: Value };

function write(value: Value): string {
  if (value instanceof Raw) return value.text;
  if (Array.isArray(value)) return `[${value.map(write).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, inner]) => `${JSON.stringify(key)}:${write(inner as Value)}`)
    .join(",")}}`;
}

const amount = (micros: Micros | null): Value => (micros === null ? null : new Raw(formatMicros(micros)));
const percent = (value: number | null): Value => (value === null ? null : new Raw(value.toFixed(2)));
const instant = (at: Instant | null): Value => (at === null ? null : formatInstant(at));
const points = (list: readonly AmountPoint[]): Value =>
  list.map(({ label, amountMicros }) => ({ label, amount: amount(amountMicros) }));

function head(statement: Statement): Record<string, Value> {
  const { header } = statement;
  const { period, team } = header;
  return {
    statement: statement.number,
    status: standingOf(statement),
    kind: statement.kind,
    issuer: header.issuer,
    currency: header.currency,
    period: {
      id: period.id,
      from: dateOfKey(period.fromDay),
      until: dateOfKey(period.untilDay),
      start: instant(period.start),
      end: instant(period.end),
      billing_time_zone: header.billingTimeZone,
    },
    team: {
      key: team.key,
      name: team.name,
      cost_centre: team.costCentre || null,
      gl_account: team.glAccount || null,
      owner: team.owner || null,
      approver: header.approver || null,
    },
    generated_at: instant(statement.generatedAt),
    closed_at: instant(statement.closedAt),
    hash: statement.hash,
  };
}

function figures({ header }: Statement): Record<string, Value> {
  return {
    totals: {
      usage: amount(header.usageMicros),
      shares: amount(header.shareMicros),
      imported_cost: amount(header.costMicros),
      corrections: amount(header.correctionMicros),
      exact: amount(header.totalMicros),
      rounding: amount(header.roundingMicros),
      total: amount(header.roundedMicros),
      previous: amount(header.previousMicros),
      budget: amount(header.budgetMicros ?? null),
    },
    idle: { gpu_hours: amount(priced(header.idleQuantity, "gpu")), amount: amount(header.idleMicros) },
    coverage_percent: percent(percentOf(header.observedMilli, header.expectedMilli)),
    classes: Object.fromEntries(classParts(header).map(({ name, micros }) => [name, amount(micros)])),
    days: points(header.days),
    months: points(header.months),
    policies: header.policies,
    dispute: header.dispute || null,
    overrides: header.overrides.map((override) => {
      const { title, detail } = overrideWords(override);
      return { item: override.item, title, detail: detail || null, reason: override.reason, by: override.by };
    }),
  };
}

/**
 * A statement as one JSON object. Lines have the columns, keys and digits of the CSV, the rounding line last; what is not
 * known is null. Amounts are numbers with six decimals: read them as decimals where the sum must be exact.
 */
export function statementJson(statement: Statement): string {
  const parts = write({ ...head(statement), ...figures(statement) }).slice(0, -1);
  const rows = [...statementRows(statement)].map((row) => jsonRow(STATEMENT_COLUMNS, row));
  return `${parts},"lines":[\n${rows.join(",\n")}\n]}\n`;
}
