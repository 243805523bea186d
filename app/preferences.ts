import { PERIOD_NAMES } from "@/lib/reports/period.ts";
import { checkZone } from "@/lib/time.ts";

/** What a reader prefers, as cookies of their browser: nothing of it changes a figure, and none of it is in a link. */
export const PREFERENCES = {
  theme: ["system", "light", "dark"],
  density: ["normal", "compact", "comfortable"],
  /** The period of an address that names none. */
  "usual-period": PERIOD_NAMES,
} as const;
export type PreferenceName = keyof typeof PREFERENCES;

/** A zone that the reader chose, in place of their browser's. */
export const ZONE_CHOICE = "zone-choice";

/** A preference as a cookie has it. @returns undefined: none, or nothing that there is. */
export function preferenceOf(name: PreferenceName, value: string | undefined): string | undefined {
  return (PREFERENCES[name] as readonly string[]).find((known) => known === value);
}

/** A zone as a cookie has it. @returns undefined: none, or no zone. */
export function zoneOf(value: string | undefined): string | undefined {
  try {
    return value ? checkZone(decodeURIComponent(value)) : undefined;
  } catch {
    return undefined;
  }
}
