import dns from "node:dns";
import type { LookupFunction } from "node:net";
import { isMetadataAddress, METADATA_PROBLEM } from "./metadata-hosts.ts";

/**
 * Resolves a host for a connection that people entered: it may be private, but no address of it may be the metadata service of a cloud.
 * The connection goes to an address that was checked, so a name that resolves differently a moment later changes nothing.
 */
export const guardedLookup: LookupFunction = (host, options, done) => {
  dns.lookup(host, { ...options, all: true }, (error, found) => {
    const refused = (found ?? []).find(({ address }) => isMetadataAddress(address));
    const [first] = found ?? [];
    if (error || !first) done(error ?? new Error(`ENOTFOUND ${host} has no address.`), "");
    else if (refused) done(new Error(`ERR_METADATA: ${host} leads to ${refused.address}. ${METADATA_PROBLEM}`), "");
    else if (options.all) done(null, found);
    else done(null, first.address, first.family);
  });
};
