import { isAnythingCharged } from "@/lib/pages/home/charged.ts";
import "server-only";
import { cookies, headers } from "next/headers";
import { redirect } from "next/navigation";
import { connection } from "next/server";
import { type Params, TRAVELLING } from "@/components/href.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";
import { daysOfPeriod } from "@/lib/pages/teams.ts";
import type { BillingCalendar } from "@/lib/periods/calendar.ts";
import { listRecentPeriods, parsePeriod } from "@/lib/reports/period.ts";
import { listClusters } from "@/lib/reports/read/choices.ts";
import type { Period } from "@/lib/reports/report.ts";
import type { Instant } from "@/lib/time.ts";
import { Address } from "./address.ts";
import { ASKED_PATH } from "./asked-path.ts";
import { getCtx } from "./ctx.ts";
import { preferenceOf, ZONE_CHOICE, zoneOf } from "./preferences.ts";

export type Search = Promise<Record<string, string | string[] | undefined>>;

/** What every page reads from its address. The address holds all state that matters. */
export interface PageInput {
  readonly ctx: Ctx;
  readonly now: Instant;
  readonly period: Period;
  /** Months or fiscal periods to choose from, the newest first. */
  readonly recentPeriods: readonly string[];
  /** The zone of days and months. */
  readonly billingZone: string;
  /** The zone in which times are shown. */
  readonly zone: string;
  readonly params: Params;
  /** Reads the rest of the address, and remembers what was not understood. */
  readonly address: Address;
  /** The clusters that the viewer may see something of, to choose from. */
  readonly clusters: readonly { readonly value: string; readonly label: string }[];
  readonly cluster: string | undefined;
  /** What of the address was not understood, as far as it is read; shown above the figures. */
  readonly notice: string | null;
}

/** The context of a page: somebody who is signed out is led to the sign-in, and comes back here. */
export async function getPageCtx(): Promise<Ctx> {
  try {
    return await getCtx();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "unauthenticated") throw error;
    const to = (await headers()).get(ASKED_PATH) ?? "/";
    redirect(to === "/" ? "/sign-in" : `/sign-in?callbackUrl=${encodeURIComponent(to)}`);
  }
}

export async function readInput(search: Search): Promise<PageInput> {
  await connection();
  const ctx = await getPageCtx();
  const given = await search;
  const params: Record<string, string | undefined> = {};
  for (const [key, value] of Object.entries(given)) params[key] = Array.isArray(value) ? value.join(",") : value;
  const billingZone = env().BILLING_TIME_ZONE;
  const now = ctx.now();
  const address = new Address(params);
  const { calendar } = ctx.ledger;
  const { period, notice } = readPeriod(params, calendar, now, await usualPeriod());
  if (notice) address.say(...notice);
  const [clusters, isCharged] = await Promise.all([listClusters(ctx), isAnythingCharged(ctx)]);
  if (!isCharged) address.say("Nothing is charged yet, so what your teams used is not shown", NO_CHARGES);
  return {
    ctx,
    now,
    period,
    recentPeriods: listRecentPeriods(calendar, now),
    billingZone,
    zone: await viewerZone(),
    params,
    address,
    clusters: clusters.map((c) => ({ value: c.id, label: c.name })),
    cluster: address.choice(
      "cluster",
      "cluster",
      clusters.map((c) => ({ value: c.id, label: c.name })),
      "Every cluster is shown",
    ),
    get notice() {
      return address.notice;
    },
  };
}

const NO_CHARGES = "It is known as theirs once prices are in force; finance sets those";

/** The name of the period that the reader prefers where an address names none. */
const usualPeriod = async () => preferenceOf("usual-period", (await cookies()).get("usual-period")?.value);

/** The days that a page shows where its address names none. */
export async function usualDays(ctx: Ctx): Promise<ReturnType<typeof daysOfPeriod>> {
  const { period } = readPeriod({}, ctx.ledger.calendar, ctx.now(), await usualPeriod());
  return daysOfPeriod(period, env().BILLING_TIME_ZONE);
}

/**
 * A period that cannot be read falls back to this month, and says so.
 * @param usual the name of the one that the reader prefers where the address names none.
 */
function readPeriod(
  params: Params,
  calendar: BillingCalendar,
  now: Instant,
  usual: string | undefined,
): { period: Period; notice: [problem: string, instead: string] | null } {
  const named = Object.fromEntries(TRAVELLING.map((key) => [key, params[key]]));
  const given = params.period || params.month || params.from || params.to ? named : { ...named, period: usual };
  try {
    return { period: parsePeriod(given, calendar.zone, now, calendar), notice: null };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return {
      period: parsePeriod({}, calendar.zone, now),
      notice: [error.message.replace(/\.$/, ""), "Showing this month instead"],
    };
  }
}

/** A part of an address as it was meant: pages get it encoded, routes get it decoded, and a sign of per cent may be its own. */
export function decodedPart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The viewer's zone: the one that they chose, else their browser's, which sends it as a cookie; the billing zone until it has. */
export async function viewerZone(): Promise<string> {
  const store = await cookies();
  return zoneOf(store.get(ZONE_CHOICE)?.value) ?? zoneOf(store.get("zone")?.value) ?? env().BILLING_TIME_ZONE;
}
