/** Who may be named as the server in a request. */
export interface HostSettings {
  /** The address that the server listens on. */
  readonly HOST: string;
  readonly ALLOWED_HOSTS: readonly string[];
}

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Is it an address of this machine alone, that no other reaches? */
export const isLoopback = (host: string): boolean => LOOPBACK.has(host) || host === "::1";

/**
 * May a request name this `Host`? A server that listens on the machine only answers to the machine's own names and to
 * ALLOWED_HOSTS, so that no web page can reach it under a name of its own (DNS rebinding). One that listens to the
 * network answers to any name, unless ALLOWED_HOSTS is set.
 */
export function isHostAllowed(header: string | null, { HOST, ALLOWED_HOSTS }: HostSettings): boolean {
  const name = (header ?? "").toLowerCase().replace(/:\d+$/, "");
  const local = isLoopback(HOST);
  if (ALLOWED_HOSTS.length === 0 && !local) return true;
  return LOOPBACK.has(name) || name === HOST.toLowerCase() || ALLOWED_HOSTS.includes(name);
}

/**
 * May a page of this `Origin` send requests? Its host must be the one that the request calls the server by. Where a proxy replaces that
 * name, it must be in ALLOWED_HOSTS, on the usual port. Absent: not sent by a page, or a plain link.
 */
export function isOriginAllowed(origin: string | null, host: string | null, { ALLOWED_HOSTS }: HostSettings): boolean {
  if (origin === null) return true;
  const url = URL.parse(origin);
  if (url === null || !/^https?:$/.test(url.protocol)) return false;
  return url.host === (host ?? "").toLowerCase() || (url.port === "" && ALLOWED_HOSTS.includes(url.hostname));
}

/** Behind https, browsers are asked to stay with it for a year (HSTS); on plain http, nothing. @param url where people reach the server. */
export const transportHeaders = (url: string | undefined): Readonly<Record<string, string>> =>
  url?.startsWith("https:") ? { "strict-transport-security": "max-age=31536000" } : {};
