import "server-only";
import { cookies, headers } from "next/headers";
import { cache } from "react";
import { type Db, openDb } from "@/db/client.ts";
import { allow } from "@/lib/auth/allow.ts";
import { openTicket } from "@/lib/auth/nextauth/cookie.ts";
import type { Action } from "@/lib/auth/permissions.ts";
import { cookieName } from "@/lib/auth/session-cookie.ts";
import { type AuthSettings, authSettings } from "@/lib/auth/settings.ts";
import { type Door, findSessionViewer, type Origin } from "@/lib/auth/sign-in.ts";
import { findTokenViewer } from "@/lib/auth/tokens.ts";
import { type Ctx, jobViewer, ledgerOf, localViewer, systemNow, type Viewer } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";
import { isHostAllowed } from "@/lib/hosts.ts";
import { createLog, type Log } from "@/lib/log.ts";
import { isAllowedScrape } from "@/lib/metrics/access.ts";
import { assertOwnAct, assertOwnRequest, bearerOf } from "@/lib/request-guard.ts";

interface Held {
  db?: Promise<Db>;
  log?: Log;
  auth?: { readonly settings: AuthSettings | null };
}

/** Kept on globalThis: reloads of a module in development must not open the file again. */
const place = globalThis as { gpuLedger?: Held };
place.gpuLedger ??= {};
const held = place.gpuLedger;

/** The store of this process: opened, and migrated, once. */
export function openStore(): Promise<Db> {
  held.db ??= openDb(env().DATABASE_URL, "threads").catch((error) => {
    held.db = undefined;
    throw error;
  });
  return held.db;
}

/** The log of this process: also of what fails before there is a context. */
export function processLog(): Log {
  held.log ??= createLog(env().LOG_LEVEL);
  return held.log;
}

/** How people sign in; null: they do not (`AUTH=off`). */
export function signInSettings(): AuthSettings | null {
  held.auth ??= { settings: authSettings(env()) };
  return held.auth.settings;
}

/** What signing in works with: nobody is a viewer yet. @throws AppError `forbidden` as assertOwnRequest. */
export async function openDoor(): Promise<Door> {
  assertOwnRequest(await headers(), env());
  return { db: await openStore(), now: systemNow, log: processLog() };
}

/** As openDoor, for an act before sign-in or of signing out. @throws AppError `forbidden` also where it does not say which page sent it. */
export async function openActDoor(): Promise<Door> {
  await reachAct();
  return openDoor();
}

/** The context of an act of a person who is signed in. @throws AppError as getCtx and openActDoor. */
export async function getActCtx(): Promise<Ctx> {
  await reachAct();
  return getCtx();
}

/** What scripts/act-door.mjs listens to: from here on a failure is one of the act. */
const door = globalThis as { gpuLedgerAct?: { reached(): void } };

async function reachAct(): Promise<void> {
  door.gpuLedgerAct?.reached();
  assertOwnAct(await headers(), env());
}

/**
 * Where the request comes from: of the connection, or with TRUSTED_PROXIES the address that the outermost of them saw (scripts/request-door.mjs).
 * What a client itself sends in these headers is replaced there.
 */
export async function requestOrigin(): Promise<Origin> {
  const given = await headers();
  return { address: given.get("x-real-address") ?? "", agent: given.get("user-agent") ?? "" };
}

/** Who is signed in, and by which session; null: nobody. Host and origin are checked here again, since nothing may rest on the proxy alone. */
export const findSignedIn = cache(
  async (): Promise<{
    readonly viewer: Viewer & { readonly name?: string };
    readonly sessionId: string | null;
  } | null> => {
    const door = await openDoor();
    const settings = signInSettings();
    if (!settings) return { viewer: localViewer, sessionId: null };
    const text = (await cookies()).get(cookieName(settings))?.value;
    const ticket = text ? await openTicket(settings, text) : null;
    const found = ticket && (await findSessionViewer(door, ticket.sid, settings.limits));
    if (!ticket || found?.session.userKey !== ticket.userKey) return null;
    return { viewer: found.viewer, sessionId: ticket.sid };
  },
);

const SIGNED_OUT = "You are signed out. Sign in again; what you typed is still here.";
const NEEDS_TOKEN =
  "This address needs a token. Send it as the header Authorization: Bearer gl_…; people create their tokens on the page Account.";

/**
 * The context of a request by a person: pages, downloads and actions alike begin here. There is no default viewer.
 * @throws AppError `forbidden` for a request by another's name or from a page of another site; `unauthenticated` where nobody is signed in.
 */
export async function getCtx(): Promise<Ctx> {
  const signedIn = await findSignedIn();
  if (!signedIn) throw new AppError("unauthenticated", SIGNED_OUT);
  return { ...(await openDoor()), viewer: signedIn.viewer, ledger: ledgerOf(env()) };
}

/**
 * The context of a request to /api/v1: a token in `Authorization: Bearer`, or a session to read with.
 * @param action what the request does: the viewer's roles, and a token's scopes, must allow it.
 * @throws AppError as getCtx; `unauthenticated` for a token that does not hold, and for a session that would write; `forbidden`.
 */
export async function getApiCtx(request: Request, action: Action): Promise<Ctx> {
  const ctx = await apiCtxOf(request);
  allow(ctx.viewer, action);
  return ctx;
}

/** Checks that the caller of an address of the API is known, whatever they may do. @throws AppError as getApiCtx, but never `forbidden` for a role. */
export async function needApiCaller(request: Request): Promise<void> {
  await apiCtxOf(request);
}

/**
 * The context of a scrape of /metrics: a token with the scope `metrics`; or an address of METRICS_ALLOWED_ADDRESSES; or a session.
 * Prometheus calls a server by the address of its pod, so with a token any host name is right: a page of another site has none to send.
 * @throws AppError as getApiCtx.
 */
export async function getScrapeCtx(request: Request): Promise<Ctx> {
  const given = request.headers;
  const facts = {
    address: (await requestOrigin()).address,
    host: given.get("host"),
    origin: given.get("origin"),
    site: given.get("sec-fetch-site"),
  };
  const allowed = isAllowedScrape(facts, env().METRICS_ALLOWED_ADDRESSES, (host) => isHostAllowed(host, env()));
  const bearer = given.get("authorization");
  if (!allowed && bearer === null) return getApiCtx(request, "metrics.read");
  const door: Door = { db: await openStore(), now: systemNow, log: processLog() };
  const viewer = bearer === null ? jobViewer("metrics") : await tokenViewer(door, bearer);
  allow(viewer, "metrics.read");
  return { ...door, viewer, ledger: ledgerOf(env()) };
}

const tokenViewer = (door: Door, bearer: string): Promise<Viewer> => findTokenViewer(door, bearerOf(bearer));

async function apiCtxOf(request: Request): Promise<Ctx> {
  const door = await openDoor();
  const given = request.headers.get("authorization");
  if (given !== null) return { ...door, viewer: await tokenViewer(door, given), ledger: ledgerOf(env()) };
  const reads = request.method === "GET" || request.method === "HEAD";
  if (signInSettings() && !(reads && (await findSignedIn()))) throw new AppError("unauthenticated", NEEDS_TOKEN);
  return getCtx();
}
