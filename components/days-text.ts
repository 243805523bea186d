import { addDays, dateOfKey } from "@/lib/time.ts";

const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });

/** `1 Oct – 10 Oct`, of half-open day keys. */
export function daysText({ from, until }: { readonly from: number; readonly until: number }): string {
  const [first, last] = [from, addDays(until, -1)].map((day) => DAY.format(new Date(dateOfKey(day)))) as [
    string,
    string,
  ];
  return first === last ? first : `${first} – ${last}`;
}
