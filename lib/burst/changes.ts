import { z } from "zod";
import type { Tx } from "@/db/client.ts";
import { allow } from "@/lib/auth/allow.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { fieldError } from "@/lib/errors.ts";
import { parseInput } from "@/lib/input.ts";
import { formatInstant, type Instant } from "@/lib/time.ts";
import { rateAt } from "./amount.ts";
import { findApplied, listRates, listSwitches, saveApplied, saveRate, saveSwitch } from "./store.ts";
import type { BurstSource } from "./types.ts";

/** The first second of the year 2000: the person who writes an earlier one meant something else. */
const EARLIEST = Date.UTC(2000, 0, 1) / 1000;
/** An hour of more than this is a mistake, and sums of years stay exact below it. */
const MOST_RATE = 100_000_000_000;
const instant = z.int("That is not an instant.").min(EARLIEST, "The instant is before the year 2000: check the year.");
const note = z
  .string()
  .trim()
  .max(200, "The note is longer than 200 characters.")
  .regex(/^\P{Cc}*$/u, "The note holds a control character.");

const switchSchema = z.object({
  isOn: z.boolean({ error: "Say whether burst capacity is on: true or false." }),
  /** From when on; now where absent. */
  at: instant.optional(),
  note: note.default(""),
});
export type SwitchInput = z.input<typeof switchSchema>;

const rateSchema = z.object({
  rateMicros: z
    .number({ error: "What does an hour cost? Write an amount such as 0.50." })
    .int("A rate has at most six decimals.")
    .min(0, "A rate is not negative.")
    .max(MOST_RATE, "A rate is at most 100,000 an hour."),
  fromAt: instant.optional(),
});
export type RateInput = z.input<typeof rateSchema>;

/**
 * Switches burst capacity on or off, now or from an earlier instant on. Switching on what is on changes nothing.
 * @returns what that changed. @throws AppError `forbidden`, `invalid` for an instant to come.
 */
export async function switchBurst(ctx: Ctx, given: SwitchInput, source: BurstSource): Promise<Switched> {
  allow(ctx.viewer, "burst.switch");
  const input = parseInput(switchSchema, given);
  return ctx.db.write(async (tx) => {
    const at = input.at ?? ctx.now();
    const changed = await switchIn(tx, ctx, { ...input, at }, source);
    const after = (await listSwitches(tx)).filter((s) => s.at > at);
    const until = after.find((s) => s.isOn !== input.isOn)?.at ?? null;
    return { changed, at: input.at ?? null, until, isOn: after.at(-1)?.isOn ?? input.isOn };
  });
}

/** What a switch came to. */
export interface Switched {
  readonly changed: boolean;
  /** The instant that was given; null: none, so now. */
  readonly at: Instant | null;
  /** When it was switched back since; null: it still holds. */
  readonly until: Instant | null;
  /** Whether it is on now. */
  readonly isOn: boolean;
}

/** What a switch came to, in a sentence. */
export function switchWords(isOn: boolean, { changed, at, until }: Omit<Switched, "isOn">): string {
  const state = isOn ? "on" : "off";
  const to = until === null ? "" : ` to ${formatInstant(until)}`;
  if (at === null)
    return changed ? `Burst capacity is ${state}.` : `Nothing changed: burst capacity is ${state} already.`;
  if (!changed) return `Nothing changed: burst capacity was ${state} at ${formatInstant(at)} already${to && `,${to}`}.`;
  return `Burst capacity is ${state} from ${formatInstant(at)}${to || " on"}.`;
}

async function switchIn(
  tx: Tx,
  ctx: Ctx,
  { isOn, at, note }: { readonly isOn: boolean; readonly at: number; readonly note: string },
  source: BurstSource,
): Promise<boolean> {
  if (at > ctx.now())
    throw fieldError("at", "Burst capacity is switched now or from an earlier instant on, not in the future.");
  const before = (await listSwitches(tx)).filter((s) => s.at <= at).at(-1);
  if ((before?.isOn ?? false) === isOn) return false;
  await saveSwitch(tx, { at, isOn, source, note, recordedBy: ctx.viewer.id, recordedAt: ctx.now() });
  await recordAct(tx, ctx, {
    ...{ action: "burst.switch", subject: "burst/switch", reason: note },
    ...{ before: { on: !isOn }, after: { on: isOn, at, source } },
  });
  return true;
}

/** Sets what an hour costs, from now or another instant on. @throws AppError `forbidden`, `invalid`. */
export async function setBurstRate(ctx: Ctx, given: RateInput, reason = ""): Promise<void> {
  allow(ctx.viewer, "burst.switch");
  const input = parseInput(rateSchema, given);
  await ctx.db.write((tx) => rateIn(tx, ctx, { ...input, fromAt: input.fromAt ?? ctx.now() }, reason));
}

async function rateIn(
  tx: Tx,
  ctx: Ctx,
  { rateMicros, fromAt }: { readonly rateMicros: number; readonly fromAt: number },
  reason: string,
): Promise<void> {
  const before = rateAt(await listRates(tx), fromAt);
  await saveRate(tx, { fromAt, rateMicros, recordedBy: ctx.viewer.id, recordedAt: ctx.now() });
  await recordAct(tx, ctx, {
    ...{ action: "burst.switch", subject: "burst/rate", reason },
    ...{ before: { rateMicros: before }, after: { rateMicros, fromAt } },
  });
}

/** What the settings say of burst capacity; null: nothing. */
export interface BurstSettings {
  readonly flag: boolean | null;
  readonly rateMicros: number | null;
}

/**
 * Applies what the settings say, where that is other than what they said before: who switched it off on the page does not find it on
 * again with the next start. The first rate holds from when the flag was first seen on, too. @throws AppError `forbidden`.
 */
export async function applyBurst(ctx: Ctx, { flag, rateMicros }: BurstSettings): Promise<void> {
  allow(ctx.viewer, "burst.switch");
  await ctx.db.write(async (tx) => {
    const isNew = (name: string, value: string) => rememberApplied(tx, name, value, ctx.now());
    if (rateMicros !== null && (await isNew("GPU_BURST_COST_DOLLARS", String(rateMicros)))) {
      const reason = "GPU_BURST_COST_DOLLARS";
      const hasRate = (await listRates(tx)).length > 0;
      const [first] = await listSwitches(tx);
      const fromAt = hasRate ? ctx.now() : Math.min(ctx.now(), first?.at ?? ctx.now());
      await rateIn(tx, ctx, { rateMicros, fromAt }, reason);
    }
    if (flag !== null && (await isNew("GPU_BURST", String(flag))))
      await switchIn(tx, ctx, { isOn: flag, at: ctx.now(), note: "GPU_BURST" }, "setting");
  });
}

/** Whether a setting has another value than when it was applied last; it is then applied by `body`, and remembered. */
export async function applyOnce(ctx: Ctx, name: string, value: string, body: () => Promise<void>): Promise<boolean> {
  allow(ctx.viewer, "burst.switch");
  if ((await findApplied(ctx.db, name)) === value) return false;
  await body();
  return ctx.db.write((tx) => rememberApplied(tx, name, value, ctx.now()));
}

/** Remembers the value of a setting. @returns whether it is another one than before. */
async function rememberApplied(tx: Tx, name: string, value: string, now: Instant): Promise<boolean> {
  if ((await findApplied(tx, name)) === value) return false;
  await saveApplied(tx, name, value, now);
  return true;
}
