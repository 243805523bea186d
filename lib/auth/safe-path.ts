/**
 * Where to go after signing in: a path of this server, whatever was asked for. Other hosts, other schemes, forms that browsers read as
 * another host (two slashes, backslashes), and what is neither a path nor an address lead to the first page.
 * @param base the product's own address.
 */
export function safePath(wanted: string | null | undefined, base: string): string {
  if (!wanted || wanted.length > 2000 || /[\\\p{Cc}]/u.test(wanted)) return "/";
  if (!/^(\/|https?:\/\/)/.test(wanted)) return "/";
  try {
    const own = new URL(base);
    const url = new URL(wanted, own);
    if (url.origin !== own.origin || url.username || url.pathname.startsWith("//")) return "/";
    if (/^\/(sign-in|api)(\/|$)/.test(url.pathname)) return "/";
    return url.pathname + url.search + url.hash;
  } catch {
    return "/";
  }
}
