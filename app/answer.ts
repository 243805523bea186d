import "server-only";
import { after } from "next/server";
import type { Answer } from "@/components/action-form.tsx";
import { chargeDue } from "@/lib/charges/run.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";
import { getCtx } from "./ctx.ts";
import { stopSignal } from "./stop-signal.ts";

/** What a verb answered, in words; what was not meant for readers is logged, not shown. */
export async function answer(body: (ctx: Ctx) => Promise<string | Omit<Answer, "ok">>): Promise<Answer> {
  let ctx: Ctx | undefined;
  try {
    ctx = await getCtx();
    const said = await body(ctx);
    return { ok: true, ...(typeof said === "string" ? { message: said } : said) };
  } catch (error) {
    if (error instanceof AppError && error.code !== "internal") return { ok: false, message: error.message };
    if (!ctx) throw error;
    ctx.log.error({ err: error }, "a request failed");
    return { ok: false, message: "The server could not do that. Its log says why." };
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
      await chargeDue(ctx, { currency, billingTimeZone, signal });
    } catch (error) {
      if (!signal.aborted) ctx.log.error({ err: error }, "charging after a change failed; the next run tries again");
    }
  });
}

/** A field of a form as text. */
export const field = (form: FormData, name: string): string => String(form.get(name) ?? "").trim();
