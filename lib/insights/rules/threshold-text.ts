import { own } from "@/lib/order.ts";

/** Units that names of thresholds end with. */
const UNITS: Readonly<Record<string, string>> = { minutes: "min", hours: "h", percent: "%", gib: "GiB" };

/** A threshold in words with its unit: `after_minutes` and 60 are `after 60 min`. */
export function thresholdText(name: string, value: number): string {
  const words = name.split("_");
  const unit = words.length > 1 ? own(UNITS, words.at(-1) ?? "") : undefined;
  return unit ? `${words.slice(0, -1).join(" ")} ${value} ${unit}` : `${words.join(" ")} ${value}`;
}
