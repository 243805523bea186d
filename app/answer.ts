import "server-only";
import { after } from "next/server";
import type { Answer } from "@/components/ui/field.tsx";
import { runAct } from "@/lib/acts/beside.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { AppError, fieldError } from "@/lib/errors.ts";
import { parseDay } from "@/lib/time.ts";
import { getActCtx } from "./ctx.ts";
import { type FieldNames, refusalOf } from "./field-problems.ts";
import { stopSignal } from "./stop-signal.ts";

const NO_FORM = "The form could not be read. Load the page again, then try again.";

/**
 * What a verb answered, in words; a refusal says which field it is about. What was not meant for readers is logged, not shown.
 * @param names what the form calls the parts of the verb's input.
 */
export async function answer(
  body: (ctx: Ctx) => Promise<string | Omit<Answer, "ok">>,
  ...sent: [form?: FormData, names?: FieldNames]
): Promise<Answer> {
  const [given, names] = sent;
  const form = given instanceof FormData ? given : undefined;
  let ctx: Ctx | undefined;
  try {
    ctx = await getActCtx();
    // An act is a public address: anything, or nothing, may be sent to it in place of its form.
    if (sent.length > 0 && form === undefined) return { ok: false, message: NO_FORM };
    const said = await body(ctx);
    return { ok: true, ...(typeof said === "string" ? { message: said } : said) };
  } catch (error) {
    if (error instanceof AppError && error.code !== "internal") return refusalOf(error, form, names);
    if (!ctx) throw error;
    ctx.log.error({ err: error }, "a request failed");
    return refusalOf(new AppError("internal", "The server could not do that. Its log says why."), form);
  }
}

/**
 * Charges what a change made due once the answer is sent: who changed a rule need not wait for the next sync to see it. A server that is
 * asked to stop does not finish it: the next run does.
 */
export function chargeSoon(ctx: Ctx): void {
  const { LEDGER_CURRENCY: currency, BILLING_TIME_ZONE: billingTimeZone } = env();
  const signal = stopSignal();
  after(async () => {
    try {
      await runAct(ctx, "charges", "charge", { currency, billingTimeZone }, signal);
    } catch (error) {
      if (!signal.aborted) ctx.log.error({ err: error }, "charging after a change failed; the next run tries again");
    }
  });
}

/** An argument of an act that is not a form, as text: anything may come in its place. @throws AppError `invalid`. */
export function textArgument(given: unknown): string {
  if (typeof given !== "string" || given.length > 200) throw new AppError("invalid", NO_FORM);
  return given;
}

/** The largest key of a row: PostgreSQL refuses a statement with a larger one. */
const MOST_KEY = 2 ** 31 - 1;

/** The key of a row in a field that people do not type into; 0 where it is empty. @throws AppError `invalid`. */
export const keyField = (form: FormData, name: string): number => keyOf(field(form, name));

/** The keys of a field that can be given several times; empty values are left out. @throws AppError `invalid`. */
export const keyFields = (form: FormData, name: string): number[] =>
  fieldsOf(form)
    .filter(([key, value]) => key === name && value !== "")
    .map(([, value]) => keyOf(String(value)));

function keyOf(text: string): number {
  const key = Number(text);
  if (!/^\d*$/.test(text) || key > MOST_KEY) throw new AppError("invalid", NO_FORM);
  return key;
}

/** One of some words in a field that people do not type into. @throws AppError `invalid` for another, or none. */
export function choiceField<T extends string>(form: FormData, name: string, of: readonly T[]): T {
  const found = of.find((one) => one === field(form, name));
  if (found === undefined) throw new AppError("invalid", NO_FORM);
  return found;
}

/** A whole number that people type, in plain digits: not a number, for the schema to refuse, where it is anything else. */
export function wholeField(form: FormData, name: string): number {
  const text = field(form, name);
  return /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
}

/** As keyField, for the key of a day, such as 20261001. @throws AppError `invalid`. */
export function dayKeyField(form: FormData, name: string): number {
  const text = field(form, name);
  return parseDay(text.replace(/^(\d{4})(\d\d)(\d\d)$/, "$1-$2-$3"));
}

/** A day of a form, as its key. @throws AppError `invalid` at the field. */
export function dayField(form: FormData, name: string): number {
  try {
    return parseDay(field(form, name));
  } catch (error) {
    if (error instanceof AppError) throw fieldError(name, error.message);
    throw error;
  }
}

/** A file of a form as it was sent: what it holds is judged where it is read. @throws AppError `invalid` at the field. */
export async function fileField(form: FormData, name: string): Promise<{ name: string; bytes: Uint8Array }> {
  const file = form.get(name);
  if (!(file instanceof File) || file.size === 0) throw fieldError(name, "Choose a file first.");
  return { name: file.name.slice(0, 200), bytes: await bytesOf(file) };
}

/** Bytes of a file that are copied at once: a millisecond or so. */
const PART_BYTES = 1024 * 1024;

/** The bytes of a file, copied part by part: as a whole, 16 MiB that came in many pieces hold up others for a tenth of a second. */
async function bytesOf(file: File): Promise<Uint8Array> {
  const bytes = new Uint8Array(file.size);
  for (let at = 0; at < file.size; at += PART_BYTES) {
    bytes.set(new Uint8Array(await file.slice(at, at + PART_BYTES).arrayBuffer()), at);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return bytes;
}

/** A field of a form as text; empty where it is missing, or something else came in place of the form: `answer` says so. */
export const field = (form: FormData, name: string): string =>
  form instanceof FormData ? String(form.get(name) ?? "").trim() : "";

/** Names and values of a form; none where something else came in its place. */
export const fieldsOf = (form: FormData): [string, FormDataEntryValue][] => (form instanceof FormData ? [...form] : []);
