import ipaddr from "ipaddr.js";

/**
 * Whether a client's address is one of some addresses and networks (`10.2.3.4`, `10.0.0.0/8`, `fd00::/8`). An IPv4 address written as
 * IPv6 (`::ffff:10.0.0.1`) is IPv4; what is no address is in none.
 */
export function isInNetworks(address: string, networks: readonly string[]): boolean {
  if (!ipaddr.isValid(address)) return false;
  const client = ipaddr.process(address);
  return networks.some((entry) => {
    const [network = "", bits] = entry.split("/");
    if (!ipaddr.isValid(network)) return false;
    const other = ipaddr.process(network);
    if (other.kind() !== client.kind()) return false;
    return client.match(other, bits === undefined ? (client.kind() === "ipv4" ? 32 : 128) : Number(bits));
  });
}

/** What a request says of itself that decides whether it may be a scrape. */
export interface ScrapeFacts {
  /** Where it comes from; empty: not known. */
  readonly address: string;
  /** Its `Host`, and the headers that browsers send along. */
  readonly host: string | null;
  readonly origin: string | null;
  readonly site: string | null;
}

/**
 * Whether a request without a token is let in by its address. It must call the server by an address, or by a name that is the server's
 * own (`isOwnHost`): a page of another site that runs in a browser of an allowed network can only call it by a name of its own (DNS
 * rebinding), and says so in these headers elsewhere.
 */
export function isAllowedScrape(
  { address, host, origin, site }: ScrapeFacts,
  networks: readonly string[],
  isOwnHost: (host: string | null) => boolean,
): boolean {
  if (origin !== null || (site !== null && site !== "none") || !isInNetworks(address, networks)) return false;
  const name = (host ?? "").replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
  return ipaddr.isValid(name) || isOwnHost(host);
}
