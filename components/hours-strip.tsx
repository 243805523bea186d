import type { UsageClass } from "@/lib/classes.ts";
import { classLabel } from "./classes.ts";
import { plural } from "./format.ts";

/** One cell an hour in the colour of the class that led it, oldest first; null: nothing was held. */
export function HoursStrip({ hours }: { hours: readonly (UsageClass | null)[] }) {
  const held = hours.filter((h) => h !== null);
  if (held.length === 0) return <span className="text-xs text-faint">nothing held</span>;
  const counts = [...Map.groupBy(held, (h) => h)].sort((a, b) => b[1].length - a[1].length);
  const text = `Last ${hours.length} hours: ${counts
    .map(([c, of]) => `${classLabel(c)} in ${plural(of.length, "hour")}`)
    .join(", ")}`;
  return (
    <span role="img" aria-label={text} title={text} className="hours">
      {hours.map((h, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an hour is its place.
        <i key={i} className={h ? `c-${h}` : undefined} />
      ))}
    </span>
  );
}
