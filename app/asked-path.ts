/** The header in which proxy.ts tells a page its own address: where to come back to after signing in. A client's own is replaced. */
export const ASKED_PATH = "x-asked-path";
