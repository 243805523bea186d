import "server-only";
import { cookies } from "next/headers";
import { connection } from "next/server";
import { type Params, TRAVELLING } from "@/components/href";
import type { Ctx } from "@/lib/ctx";
import { env } from "@/lib/env";
import { AppError } from "@/lib/errors";
import { parsePeriod } from "@/lib/reports/period";
import type { Period } from "@/lib/reports/report";
import { checkZone, type Instant } from "@/lib/time";
import { getCtx } from "./ctx.ts";

export type Search = Promise<Record<string, string | string[] | undefined>>;

/** What every page reads from its address. The address holds all state that matters. */
export interface PageInput {
  readonly ctx: Ctx;
  readonly now: Instant;
  readonly period: Period;
  /** The zone of days and months. */
  readonly billingZone: string;
  /** The zone in which times are shown. */
  readonly zone: string;
  readonly params: Params;
  readonly cluster: string | undefined;
  readonly project: number | undefined;
  /** Why the address was not understood as it stands; shown above the figures. */
  readonly notice: string | null;
}

export async function readInput(search: Search): Promise<PageInput> {
  await connection();
  const ctx = await getCtx();
  const given = await search;
  const params: Record<string, string | undefined> = {};
  for (const [key, value] of Object.entries(given)) params[key] = Array.isArray(value) ? value.join(",") : value;
  const billingZone = env().BILLING_TIME_ZONE;
  const now = ctx.now();
  const { period, notice } = readPeriod(params, billingZone, now);
  return {
    ctx,
    now,
    period,
    notice,
    billingZone,
    zone: await viewerZone(),
    params,
    cluster: params.cluster || undefined,
    project: /^\d+$/.test(params.project ?? "") ? Number(params.project) : undefined,
  };
}

/** A period that cannot be read falls back to this month, and says so. */
function readPeriod(params: Params, zone: string, now: Instant): { period: Period; notice: string | null } {
  const given = Object.fromEntries(TRAVELLING.map((key) => [key, params[key]]));
  try {
    return { period: parsePeriod(given, zone, now), notice: null };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { period: parsePeriod({}, zone, now), notice: `${error.message} Showing this month instead.` };
  }
}

/** The viewer's zone, which the browser tells by cookie; the billing zone until it has. */
export async function viewerZone(): Promise<string> {
  const given = (await cookies()).get("zone")?.value;
  try {
    return given ? checkZone(decodeURIComponent(given)) : env().BILLING_TIME_ZONE;
  } catch {
    return env().BILLING_TIME_ZONE;
  }
}
