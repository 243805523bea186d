/** The header in which proxy.ts passes a page its own address, to return to after sign-in. A value that a client sends is replaced. */
export const ASKED_PATH = "x-asked-path";
