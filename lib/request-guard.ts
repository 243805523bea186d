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
  readonly status: 403 | 413 | 421;
  /** One sentence or more, without a line end. */
  readonly message: string;
}

/** Bytes of a request: 16 MiB of file, and the fields beside it. next.config.mjs names the same figure twice, as "17mb". */
export const MOST_BYTES = 17 * 1024 * 1024;

const PROBES = new Set(["/healthz", "/readyz", "/metrics"]);
const isRead = (method: string): boolean => method === "GET" || method === "HEAD";

/** A probe of a load balancer, which calls the server by its address. It reads; everything else goes through `refusalOf`. */
export const isProbe = (method: string, path: string): boolean => isRead(method) && PROBES.has(path);

/** Where an identity provider sends people back to: the one address under /api that a page of another site may lead to. */
const CALLBACK = "/api/auth/callback/oidc";

/** An address that gives data or a part of a page, not a page. */
const isFile = (path: string): boolean =>
  path !== CALLBACK && (/^\/(api|_next)(\/|$)/.test(path) || /\/download(\/|$)/.test(path));

/**
 * Why a request is refused, whatever its path; null: it is not. 421: it calls the server by another's name. 413: its body is larger than
 * a form can be. 403: a page of another site sent it, and it is not a link to a page.
 */
export function refusalOf(asked: RequestFacts, settings: HostSettings): Refusal | null {
  if (!isHostAllowed(asked.host, settings)) return { status: 421, message: wrongHost(asked.host) };
  if (Number(asked.contentLength ?? 0) > MOST_BYTES)
    return {
      status: 413,
      message:
        "The file is larger than 16 MiB, which is the most that a page takes: pack it with gzip, or import it from the command line.",
    };
  const foreign = asked.site === "cross-site" || asked.site === "same-site";
  const link = isRead(asked.method) && asked.mode === "navigate" && asked.dest === "document";
  if (foreign && !(link && !isFile(asked.path))) return { status: 403, message: FOREIGN_PAGE };
  if (!isOriginAllowed(asked.origin, asked.host, settings)) return { status: 403, message: FOREIGN_PAGE };
  return null;
}

const FOREIGN_PAGE =
  "A page of another site sent this request. Open the address from GPU Ledger, or paste it into the address bar. If this is GPU Ledger behind a proxy, name the host that people use in ALLOWED_HOSTS.";
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
