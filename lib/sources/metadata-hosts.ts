import ipaddr from "ipaddr.js";

/** Where clouds answer a machine's questions about itself, with its credentials: AWS and most others, AWS by IPv6, Alibaba, Azure, Oracle. */
const NETWORKS = [
  "169.254.0.0/16",
  "fe80::/10",
  "fd00:ec2::254/128",
  "100.100.100.200/32",
  "168.63.129.16/32",
  "192.0.0.192/32",
].map((text) => ipaddr.parseCIDR(text));
const NAMES = new Set([
  "metadata",
  "metadata.google.internal",
  "metadata.azure.internal",
  "instance-data",
  "instance-data.ec2.internal",
]);

/** Is it an address at which a cloud gives a machine its credentials? No channel is there, whatever a list allows. */
export function isMetadataAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  return NETWORKS.some(([network, bits]) => network.kind() === parsed.kind() && parsed.match(network, bits));
}

/** The same of the host of an address as people write it: a name or, in any notation that browsers read, an address. */
export function isMetadataHost({ hostname }: URL): boolean {
  const host = hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "");
  return NAMES.has(host) || isMetadataAddress(host);
}

export const METADATA_PROBLEM = "That is the metadata service of a cloud, which holds credentials.";
