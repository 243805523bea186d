import { CLASSES, classProperty, type UsageClass } from "@/lib/metering/types.ts";
import type { Amounts, ClassAmounts } from "./types.ts";

const MICROS = Object.fromEntries(CLASSES.map((c) => [c, classProperty(c).replace(/Milli$/, "Micros")]));

/** The property of a class's milli-GPU-seconds (`activeMilli`) and of their price (`activeMicros`). */
export const classMilli = classProperty;
export const classMicros = (c: UsageClass): string => MICROS[c] as string;

const NONE: ClassAmounts = Object.fromEntries(
  CLASSES.flatMap((c) => [classMilli(c), classMicros(c)]).map((p) => [p, 0]),
);
export const noClasses = (): ClassAmounts => ({ ...NONE });
export const CLASS_PROPERTIES: readonly string[] = Object.keys(NONE);

/** Adds `from` to `to`, figure by figure. */
export function addAmounts(to: Amounts, from: Amounts): void {
  to.quantity += from.quantity;
  to.amountMicros += from.amountMicros;
  to.observedMilli += from.observedMilli;
  to.expectedMilli += from.expectedMilli;
  for (const property of CLASS_PROPERTIES) {
    const value = from.classes[property];
    if (value) to.classes[property] = (to.classes[property] as number) + value;
  }
}

/** GPU time that waited for nothing: dead-idle and idle-held together. */
export const idleMilli = (classes: ClassAmounts): number => (classes.deadIdleMilli ?? 0) + (classes.idleHeldMilli ?? 0);
export const idleMicros = (classes: ClassAmounts): number =>
  (classes.deadIdleMicros ?? 0) + (classes.idleHeldMicros ?? 0);
