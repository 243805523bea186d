/** After the last of these the message is given up, a little over two days after the first attempt. Seconds. */
const WAITS = [5, 30, 120, 600, 1800, 7200, 18_000, 36_000, 50_400, 72_000] as const;

/** An attempt that fails after as many is the last. */
export const MOST_ATTEMPTS = WAITS.length + 1;

/** No receiver makes us wait for longer than a day, whatever it asks for. */
const LONGEST_ASKED = 86_400;

/**
 * Whole seconds from a failed attempt to the next; null: no further attempt. A receiver that asks for more time gets it.
 * @param attempts so far, 1 or more. @param random 0 ≤ x < 1: up to a fifth is added, so that many messages do not come back at once.
 */
export function waitSeconds(attempts: number, askedSeconds: number | undefined, random: number): number | null {
  const wait = WAITS[attempts - 1];
  if (wait === undefined) return null;
  return Math.max(Math.ceil(wait * (1 + random / 5)), Math.min(askedSeconds ?? 0, LONGEST_ASKED));
}
