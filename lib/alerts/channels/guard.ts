import { lookup as resolve } from "node:dns/promises";
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { AppError } from "@/lib/errors.ts";
import { isMetadataAddress, isMetadataHost, METADATA_PROBLEM } from "@/lib/sources/metadata-hosts.ts";

/** Addresses to which a channel may send although they are not public: host names, addresses, networks. */
export type AllowList = readonly string[];

/** Is it an address of the public network? False for loopback, private, link-local, metadata, multicast and mapped ones. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  return ipaddr.process(address).range() === "unicast";
}

/** Does an entry of the list name this address itself, or a network that contains it? */
function isListed(address: string, allowed: AllowList): boolean {
  const parsed = ipaddr.process(address);
  return allowed.some((entry) => {
    const [network = "", bits] = entry.split("/");
    if (!ipaddr.isValid(network)) return false;
    const other = ipaddr.process(network);
    if (other.kind() !== parsed.kind()) return false;
    return parsed.match(other, bits === undefined ? (parsed.kind() === "ipv4" ? 32 : 128) : Number(bits));
  });
}

const hostOf = (url: URL): string => url.hostname.toLowerCase().replace(/^\[|\]$/g, "");

/** An entry `host:port` allows that port, `host` alone every port of it. */
function isHostListed(url: URL, allowed: AllowList): boolean {
  const host = hostOf(url);
  const port = portOf(url);
  return allowed.some((entry) => entry === host || entry === `${host}:${port}`);
}

const portOf = (url: URL): number => Number(url.port || (url.protocol === "https:" ? 443 : 80));

/** One address of a name, as node:dns reports it. */
export interface Resolved {
  readonly address: string;
  readonly family: number;
}
export type Resolver = (host: string) => Promise<readonly Resolved[]>;

export const systemResolver: Resolver = (host) => resolve(host, { all: true, verbatim: true });

const HOW = "If it is meant, an administrator can name it in ALERT_ALLOWED_HOSTS.";

/**
 * The address to connect to. Every address of the name is checked, and the connection goes to one of them: a name that resolves differently
 * a moment later changes nothing. @throws AppError `invalid` for what a channel may not reach.
 */
export async function guardedAddress(url: URL, allowed: AllowList, resolver: Resolver): Promise<Resolved> {
  if (!/^https?:$/.test(url.protocol))
    throw new AppError("invalid", `Use an http:// or https:// address, not ${url.protocol}`);
  const host = hostOf(url);
  const known = isHostListed(url, allowed);
  const family = isIP(host);
  const found = family ? [{ address: host, family }] : await resolver(host);
  if (found.length === 0) throw new AppError("invalid", `${host} has no address.`);
  if (isMetadataHost(url) || found.some(({ address }) => isMetadataAddress(address)))
    throw new AppError("invalid", `${host}: ${METADATA_PROBLEM}`);
  if (known) return found[0] as Resolved;
  for (const { address } of found)
    if (!isPublicAddress(address) && !isListed(address, allowed))
      throw new AppError(
        "invalid",
        `${host === address ? host : `${host} leads to ${address}, which`} is not a public address. ${HOW}`,
      );
  const isOpen = isUsualPort(url) || found.every(({ address }) => isListed(address, allowed));
  if (!isOpen) throw new AppError("invalid", `Port ${portOf(url)} of ${host} is not open to channels. ${HOW}`);
  return found[0] as Resolved;
}

/** 80, 443, and for https those above 1023: hosted workflows use some. */
const isUsualPort = (url: URL): boolean =>
  [80, 443].includes(portOf(url)) || (url.protocol === "https:" && portOf(url) > 1023);
