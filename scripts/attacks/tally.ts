import { appendFileSync } from "node:fs";

/** Notes how much was tried, for the summary of `npm run nightly`. */
export function tally(what: string, count: number): void {
  console.log(`tried: ${count} ${what}`);
  if (process.env.NIGHTLY_TALLY) appendFileSync(process.env.NIGHTLY_TALLY, `${count} ${what}\n`);
}

/** How much of an attack to try: all of it at night, a part where `ATTACKS` is a share such as 0.05. */
export const share = Number(process.env.ATTACKS ?? 1);

/** Every n-th of a list, another part each night. @param of how much of it a whole night tries. */
export const some = <T>(list: readonly T[], of = 1): T[] => {
  const step = Math.max(1, Math.round(1 / (share * of)));
  const night = Math.floor(Date.now() / 86_400_000);
  return list.filter((_, i) => (i + night) % step === 0);
};
