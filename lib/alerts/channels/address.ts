import { isMetadataHost, METADATA_PROBLEM } from "@/lib/sources/metadata-hosts.ts";

/** What is wrong with the address of a channel, by its field; nothing where it is an http(s) address or was not given. */
export function httpAddress(field: string, text: string | undefined): Readonly<Record<string, string>> {
  if (text === undefined) return {};
  const url = URL.parse(text);
  const isGood = url !== null && /^https?:$/.test(url.protocol) && !url.username && text.length <= 4096;
  if (isGood && isMetadataHost(url)) return { [field]: METADATA_PROBLEM };
  return isGood ? {} : { [field]: "Expected an http:// or https:// address without user and password." };
}
