import { CLASSES, describeClass, isClass, type UsageClass } from "@/lib/classes.ts";

/** From working to nobody's: the order in which bars, stacks and legends show the classes. */
export const CLASS_ORDER: readonly UsageClass[] = [...CLASSES].reverse();

/** How a class is drawn; by a name of another version's, too. */
export const classLook = (name: string) => describeClass(name).look;
export const classLabel = (name: string): string => describeClass(name).label;
export const classFill = (name: string): string => (isClass(name) ? `var(--class-${name})` : classLook(name).colour);
/** The paint of a class in SVG: colour with its pattern (components/charts/class-patterns.tsx). */
export const classPaint = (c: UsageClass): string => (classLook(c).pattern ? `url(#class-${c})` : classFill(c));
