import ipaddr from "ipaddr.js";

/**
 * How long somebody must wait after failed attempts to sign in. An account slows down and never locks: a stranger who guesses
 * at an address keeps its owner waiting where the owner is new, and not where they have signed in before, which has its own count.
 */
const FREE: Readonly<Record<Kind, number>> = { account: 5, address: 20 };
const LONGEST_SECONDS: Readonly<Record<Kind, number>> = { account: 60, address: 900 };
/** After this long without a failure they are forgotten. */
export const FORGOTTEN_AFTER_SECONDS = 3600;

export type Kind = "account" | "address";

export interface Failures {
  readonly failures: number;
  /** Of the newest failure, in seconds. */
  readonly lastAt: number;
}

/** Whole seconds from `now` until the next attempt is looked at; 0: at once. Doubles with each failure beyond the free ones. */
export function waitSeconds(kind: Kind, { failures, lastAt }: Failures, now: number): number {
  if (now - lastAt >= FORGOTTEN_AFTER_SECONDS) return 0;
  const beyond = failures - FREE[kind];
  if (beyond < 0) return 0;
  const pause = Math.min(LONGEST_SECONDS[kind], 2 ** Math.min(beyond, 20));
  return Math.max(0, lastAt + pause - now);
}

/** The failures after one more. */
export const oneMore = (before: Failures | undefined, now: number): Failures => ({
  failures: before && now - before.lastAt < FORGOTTEN_AFTER_SECONDS ? before.failures + 1 : 1,
  lastAt: now,
});

/**
 * Under which network address attempts count: an IPv4 address, or the first 64 bits of IPv6, all of which one client has. IPv4 written as IPv6
 * is IPv4; what is no address is itself.
 */
export function countedAddress(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString();
  return `${new ipaddr.IPv6([...parsed.parts.slice(0, 4), 0, 0, 0, 0]).toString()}/64`;
}
