import type { UsageClass } from "@/lib/classes.ts";

interface BarProps {
  /** Of the room that there is. */
  readonly percent: number;
  /** Where it begins. */
  readonly from?: number;
  readonly of?: UsageClass | undefined;
  readonly tone?: "accent" | "ink" | "good" | "bad" | "faint";
}

/** A bar beside its figure, which says the same. */
export function Bar({ percent, from = 0, of, tone = "accent" }: BarProps) {
  const start = from ? { marginLeft: `${round(from)}%` } : {};
  return (
    <span
      aria-hidden="true"
      className={of ? `bar c-${of}` : `bar bar-${tone}`}
      style={{ ...start, width: `max(2px, ${round(percent)}%)` }}
    />
  );
}

const round = (n: number): number => Math.round(n * 100) / 100;
