import { createHash } from "node:crypto";
import { z } from "zod";
import { named } from "@/lib/events/event.ts";
import { fieldWords, QUANTITY_NAMES } from "@/lib/events/quantities.ts";
import { NAMINGS, UNITS } from "@/lib/events/types.ts";
import { DAY, type Instant, MINUTE, parseInstant } from "@/lib/time.ts";

/** An event may be as much ahead of our clock. */
const MOST_AHEAD = 5 * MINUTE;
/** Ids are remembered for as long: an older event could have been counted before. */
export const REMEMBERED = 32 * DAY;
/** Usage of more than a day in one event is no measurement. */
const LONGEST = DAY;
const SECONDS = { second: 1, minute: 60, hour: 3600 } as const;

/** What an event says of its workload, by the names of ours; absent where it does not. */
const FACTS = ["cluster", "project", "workload id", "workload name", "gpu model", "node pool"] as const;
export type ReceivedFacts = Readonly<Partial<Record<(typeof FACTS)[number], string>>>;

/** One event as it counts. */
export interface ReceivedEvent {
  /** Hash of source and id. */
  readonly hash: string;
  /** Hash of the source and of what it is about. */
  readonly workloadHash: string;
  readonly source: string;
  readonly subject: string;
  readonly facts: ReceivedFacts;
  /** Half-open; both the same where it does not say how long. */
  readonly fromAt: Instant;
  readonly untilAt: Instant;
  /** Milli-GPUs × seconds. */
  readonly gpuMilliSeconds: number;
  /** Null: it does not say. */
  readonly utilisedMilliSeconds: number | null;
}

export interface RefusedEvent {
  readonly source: string;
  readonly eventId: string;
  readonly reason: string;
}

/** Attributes that are null count as absent, as CloudEvents says. */
const text = z.string().min(1).max(1024);
const schema = z.looseObject({
  specversion: z.literal("1.0", { error: 'specversion is not "1.0"' }),
  id: text,
  source: text,
  type: text,
  subject: text,
  time: z.string().optional(),
  datacontenttype: z
    .string()
    .regex(/^application\/json(;|$)/, "datacontenttype is not application/json")
    .optional(),
  data: z.record(z.string(), z.unknown(), { error: "data is not an object" }),
});

interface Field {
  readonly quantity: string;
  readonly seconds: number;
}
/** Every name that a quantity may have: both styles, every unit. */
const FIELDS = new Map<string, Field>(
  QUANTITY_NAMES.flatMap((quantity) =>
    UNITS.flatMap((unit) =>
      NAMINGS.map((naming): [string, Field] => [
        named(fieldWords(quantity, unit), naming),
        { quantity, seconds: SECONDS[unit] },
      ]),
    ),
  ),
);

class Refusal extends Error {}

/** A field under either style of names. */
const fieldOf = (data: Readonly<Record<string, unknown>>, words: string): unknown =>
  NAMINGS.map((naming) => data[named(words, naming)]).find((value) => value !== undefined && value !== null);

/** @throws Refusal for what is not an amount. */
function numberOf(name: string, value: unknown): number {
  const number = typeof value === "string" && /^\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value.trim()) ? Number(value) : value;
  if (typeof number === "number" && Number.isFinite(number) && number >= 0) return number;
  throw new Refusal(`${name} is not an amount: ${String(JSON.stringify(value)).slice(0, 40)}`);
}

/** Amounts by quantity, × seconds. */
function amountsOf(data: Readonly<Record<string, unknown>>): ReadonlyMap<string, number> {
  const out = new Map<string, number>();
  for (const [name, value] of Object.entries(data)) {
    const field = FIELDS.get(name);
    if (!field || value === null) continue;
    const amount = numberOf(name, value) * field.seconds;
    const other = out.get(field.quantity);
    if (other !== undefined && Math.abs(other - amount) > 1e-6 * Math.max(other, amount))
      throw new Refusal(`${name} contradicts the same quantity in another unit`);
    out.set(field.quantity, amount);
  }
  return out;
}

function instantOf(name: string, value: unknown): Instant {
  const at = typeof value === "string" ? parseInstant(value) : null;
  if (at === null) throw new Refusal(`${name} is not an RFC 3339 time`);
  return at;
}

/** When its usage was. @throws Refusal. */
function intervalOf(
  data: Readonly<Record<string, unknown>>,
  time: Instant,
  amounts: ReadonlyMap<string, number>,
): { readonly fromAt: Instant; readonly untilAt: Instant } {
  const [start, end] = [fieldOf(data, "interval start"), fieldOf(data, "interval end")];
  const untilAt = end === undefined ? time : instantOf("intervalEnd", end);
  const stated = fieldOf(data, "duration seconds");
  const length = stated === undefined ? (amounts.get("workload") ?? 0) : numberOf("durationSeconds", stated);
  const fromAt = start === undefined ? untilAt - Math.round(length) : instantOf("intervalStart", start);
  if (fromAt > untilAt) throw new Refusal("its interval ends before it begins");
  if (untilAt - fromAt > LONGEST) throw new Refusal("its usage is of more than a day");
  return { fromAt, untilAt };
}

const hashOf = (...parts: readonly unknown[]): string =>
  createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);

const milliOf = (amount: number): number => {
  const milli = Math.round(amount * 1000);
  if (!Number.isSafeInteger(milli)) throw new Refusal("an amount is too large");
  return milli;
};

/** Reads one event of a collector: what counts, or why it cannot be taken. Never throws. */
export function readEvent(given: unknown, now: Instant): ReceivedEvent | RefusedEvent {
  const raw = Object.fromEntries(
    Object.entries(given !== null && typeof given === "object" ? given : {}).filter(([, value]) => value !== null),
  );
  const named = { source: nameOf(raw.source), eventId: nameOf(raw.id) };
  try {
    const parsed = schema.safeParse(raw);
    if (!parsed.success) return { ...named, reason: reasonOf(parsed.error) };
    return eventOf(parsed.data, now);
  } catch (error) {
    if (error instanceof Refusal) return { ...named, reason: error.message };
    throw error;
  }
}

const nameOf = (value: unknown): string => (typeof value === "string" ? value.slice(0, 200) : "");

function reasonOf({ issues: [first] }: z.ZodError): string {
  const [name] = first?.path ?? [];
  return first?.message.startsWith(String(name)) ? first.message : `${String(name)} is missing, empty or too long`;
}

function eventOf({ id, source, subject, time, data }: z.output<typeof schema>, now: Instant): ReceivedEvent {
  const revision = fieldOf(data, "revision");
  if (revision !== undefined && Number(revision) !== 0)
    throw new Refusal("it is a correction: only first events count");
  const amounts = amountsOf(data);
  const gpus = amounts.get("gpuAllocation");
  if (gpus === undefined) throw new Refusal("it has no gpuAllocation in seconds, minutes or hours");
  const at = time === undefined ? now : instantOf("time", time);
  const { fromAt, untilAt } = intervalOf(data, at, amounts);
  if (untilAt > now + MOST_AHEAD) throw new Refusal("its time is more than 5 minutes ahead of this server's clock");
  if (untilAt <= now - REMEMBERED) throw new Refusal("it is older than 32 days, for which ids are remembered");
  const facts = Object.fromEntries(
    FACTS.map((words) => [words, fieldOf(data, words)]).filter(
      ([, value]) => typeof value === "string" && value !== "",
    ),
  ) as ReceivedFacts;
  const utilised = amounts.get("gpuUtilized");
  return {
    ...{ hash: hashOf(source, id), source, subject, facts, fromAt, untilAt },
    workloadHash: hashOf(source, subject, ...FACTS.map((words) => facts[words] ?? "")),
    gpuMilliSeconds: milliOf(gpus),
    utilisedMilliSeconds: utilised === undefined ? null : milliOf(utilised),
  };
}
