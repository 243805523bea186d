import { AppError } from "./errors.ts";
import { type HostSettings, isHostAllowed, isOriginAllowed } from "./hosts.ts";

/** What a request says of itself; null: that header is absent. */
export interface RequestFacts {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly host: string | null;
  readonly origin: string | null;
  /** `Sec-Fetch-Site`, `-Mode` and `-Dest`: what the browser says of the page that asks. */
  readonly site: string | null;
  readonly mode: string | null;
  readonly dest: string | null;
  readonly contentLength: string | null;
}

export interface Refusal {
  readonly status: 401 | 403 | 413 | 421;
  /** One sentence or more, without a line end. */
  readonly message: string;
}

/** Bytes of a request with a file: 16 MiB of it, and the fields beside it. next.config.mjs names the same figure twice, as "17mb". */
export const MOST_BYTES = 17 * 1024 * 1024;
/** Bytes of any other request of somebody who is signed in. */
export const MOST_FORM_BYTES = 64 * 1024;
/** Bytes of a request of anybody: the forms of sign-in are all that is open to them. */
export const MOST_OPEN_BYTES = 16 * 1024;

/** Pages that take files, and addresses that take what Alertmanager or collectors send, or lists of budgets and counts: their handlers limit those. */
const UPLOADS =
  /^\/(bills|costs|prices\/propose|api\/(v1\/(alerts|budgets|events|units\/[^/]+)|v3\/openmeter\/events))\/?$/;

/** Pages that take a list of budgets or counts as text, of 256 KiB at most, and the fields beside it. */
const TEXTS = /^\/(budgets|units\/[^/]+)\/?$/;
const MOST_TEXT_BYTES = 320 * 1024;

const OPEN = /^\/(sign-in|welcome|unsubscribe|_next|api|icon\.svg|healthz|readyz|metrics)(\/|$)/;

/** Whether an address is for people who are signed out too, or checks by itself who asks. */
export const isOpenPath = (path: string): boolean => OPEN.test(path);

/** Whether programs call an address: they are answered in JSON, and prove who they are with a token. */
export const isApiPath = (path: string): boolean => /^\/api(\/|$)/.test(path);

/** The token of an `Authorization: Bearer` header; empty where it has no token. */
export const bearerOf = (header: string | null): string => /^Bearer\s+(\S{1,200})$/i.exec(header ?? "")?.[1] ?? "";

const PROBES = new Set(["/healthz", "/readyz", "/metrics"]);
const isRead = (method: string): boolean => method === "GET" || method === "HEAD";

/** A probe of a load balancer, which calls the server by its address. It reads; everything else goes through `refusalOf`. */
export const isProbe = (method: string, path: string): boolean => isRead(method) && PROBES.has(path);

/** Addresses under /api that pages of other sites may lead to: the identity provider's way back, and the link that ends e-mails. */
const LED_TO = new Set(["/api/auth/callback/oidc", "/api/unsubscribe"]);

/** An address that gives data or a part of a page, not a page. */
const isFile = (path: string): boolean =>
  !LED_TO.has(path) && (/^\/(api|_next)(\/|$)/.test(path) || /\/download(\/|$)/.test(path));

/**
 * Why a request is refused, whatever its path; null: it is not. 421: it calls the server by another's name. 413: its body is larger than
 * what may be sent there; 401: than what may be sent signed out. 403: a page of another site sent
 * it, and it is not a link to a page. @param ticket whether it carries a session's cookie that this server signed.
 */
export function refusalOf(asked: RequestFacts, settings: HostSettings, ticket = true): Refusal | null {
  if (!isHostAllowed(asked.host, settings)) return { status: 421, message: wrongHost(asked.host) };
  const large = largeRefusal(asked, ticket);
  if (large) return large;
  const foreign = asked.site === "cross-site" || asked.site === "same-site";
  const link = isRead(asked.method) && asked.mode === "navigate" && asked.dest === "document";
  if (foreign && !(link && !isFile(asked.path))) return { status: 403, message: FOREIGN_PAGE };
  if (!isOriginAllowed(asked.origin, asked.host, settings)) return { status: 403, message: FOREIGN_PAGE };
  if (!isRead(asked.method) && !isApiPath(asked.path) && !saysItsPage(asked.origin, asked.site))
    return { status: 403, message: NO_PAGE };
  return null;
}

/** Whether a request says which page sent it: every browser says it of a form. */
const saysItsPage = (origin: string | null, site: string | null): boolean =>
  origin !== null || site === "same-origin" || site === "none";

/**
 * Asked before any of the body is read. Node.js reads no more of it than the request says; one that does not say is refused by the door of
 * the server (scripts/request-door.mjs).
 */
function largeRefusal({ path, contentLength }: RequestFacts, ticket: boolean): Refusal | null {
  const bytes = Number(contentLength ?? 0);
  if (!(bytes > MOST_OPEN_BYTES)) return null;
  const api = isApiPath(path);
  if (bytes > MOST_BYTES) return { status: 413, message: api ? LARGE_BODY : LARGE_FILE };
  if (!ticket) return { status: 401, message: api ? NO_TOKEN : SIGNED_OUT };
  if (bytes <= MOST_FORM_BYTES || UPLOADS.test(path)) return null;
  if (TEXTS.test(path)) return bytes <= MOST_TEXT_BYTES ? null : { status: 413, message: LARGE_TEXT };
  return { status: 413, message: api ? LARGE_BODY : LARGE_FORM };
}

const SIGNED_OUT = "You are signed out. Sign in again, then send it once more.";
const NO_TOKEN =
  "A body of more than 16 KiB needs a token. Send it as the header Authorization: Bearer gl_…; people create their tokens on the page Account.";
const LARGE_FORM = "The form is larger than 64 KiB, which is the most that this page takes. Shorten it.";
const LARGE_TEXT = "The list is larger than 256 KiB, which is the most that this page takes. Send it in parts.";
const LARGE_BODY = "The body is larger than this address takes. Send less at once, in several requests.";

const LARGE_FILE =
  "The file is larger than 16 MiB, which is the most that a page takes: pack it with gzip, or import it from the command line.";
const FOREIGN_PAGE =
  "A page of another site sent this request. Open the address from GPU Ledger, or paste it into the address bar. If this is GPU Ledger behind a proxy, name the host that people use in ALLOWED_HOSTS.";
const NO_PAGE =
  "This request does not say which page sent it: it has neither Origin nor Sec-Fetch-Site. Programs use /api/v1 with a token.";
const wrongHost = (host: string | null): string =>
  `This server is not ${host}. Name it in ALLOWED_HOSTS if it should be.`;

/**
 * Checks the host and the origin of a request where it is acted on, which no path can skip.
 * @throws AppError `forbidden`.
 */
export function assertOwnRequest(headers: Pick<Headers, "get">, settings: HostSettings): void {
  const [host, origin] = [headers.get("host"), headers.get("origin")];
  if (!isHostAllowed(host, settings)) throw new AppError("forbidden", wrongHost(host));
  if (!isOriginAllowed(origin, host, settings)) throw new AppError("forbidden", FOREIGN_PAGE);
}

/** As assertOwnRequest, for an act: it must say which page sent it. @throws AppError `forbidden`. */
export function assertOwnAct(headers: Pick<Headers, "get">, settings: HostSettings): void {
  assertOwnRequest(headers, settings);
  if (!saysItsPage(headers.get("origin"), headers.get("sec-fetch-site"))) throw new AppError("forbidden", NO_PAGE);
}
