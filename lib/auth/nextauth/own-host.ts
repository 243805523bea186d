/** Says that the browser was sent to the host of NEXTAUTH_URL before: a proxy that writes its own Host would send it round in circles. */
const SENT = "own-host";

/**
 * Where a sign-in that begins at another name of this server begins again: the provider leads back to NEXTAUTH_URL, and the cookies of state,
 * nonce and PKCE are of the host that set them. Null where it is that host.
 * @param url NEXTAUTH_URL. @param host of the request. @param asked the address of the request.
 */
export function atOwnHost(url: string, host: string | null, asked: URL): string | null {
  const own = new URL(url);
  if (host === null || host.toLowerCase() === own.host || asked.searchParams.has(SENT)) return null;
  const query = new URLSearchParams(asked.search);
  query.set(SENT, "1");
  return `${url}${asked.pathname}?${query}`;
}
