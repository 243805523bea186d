import { CLASS_MEANING, CLASSES, type UsageClass } from "@/lib/metering/types.ts";

/** How a class is drawn: one colour, one letter, one pattern, the same on every page. */
interface Look {
  readonly letter: string;
  /** A utility of globals.css; empty: plain. */
  readonly pattern: string;
  /** The ink that can be read on the fill, in both themes. */
  readonly ink: "light" | "dark";
}

export const CLASS_LOOK: Readonly<Record<UsageClass, Look>> = {
  down: { letter: "X", pattern: "cross", ink: "light" },
  unknown: { letter: "?", pattern: "dots", ink: "dark" },
  unallocated: { letter: "", pattern: "", ink: "dark" },
  starting: { letter: "S", pattern: "", ink: "dark" },
  "no-data": { letter: "N", pattern: "hatch", ink: "dark" },
  "dead-idle": { letter: "D", pattern: "hatch-back", ink: "light" },
  "idle-held": { letter: "H", pattern: "hatch", ink: "dark" },
  "warm-serving": { letter: "W", pattern: "", ink: "light" },
  inefficient: { letter: "I", pattern: "", ink: "dark" },
  active: { letter: "A", pattern: "", ink: "light" },
};

/** From working to nobody's: the order in which bars, stacks and legends show the classes. */
export const CLASS_ORDER: readonly UsageClass[] = [...CLASSES].reverse();

export const classFill = (c: UsageClass): string => `var(--class-${c})`;
export const classLabel = (c: UsageClass): string => CLASS_MEANING[c].label;
/** The paint of a class in SVG: colour with its pattern (components/charts/class-patterns.tsx). */
export const classPaint = (c: UsageClass): string => (CLASS_LOOK[c].pattern ? `url(#class-${c})` : classFill(c));
