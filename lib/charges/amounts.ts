import { CLASS_PROPERTIES } from "@/lib/classes.ts";
import { addExactly } from "@/lib/money.ts";
import type { Amounts } from "./types.ts";

/** Adds `from` to `to`, figure by figure. */
export function addAmounts(to: Amounts, from: Amounts): void {
  to.quantity += from.quantity;
  to.amountMicros = addExactly(to.amountMicros, from.amountMicros);
  to.observedMilli += from.observedMilli;
  to.expectedMilli += from.expectedMilli;
  for (const property of CLASS_PROPERTIES) to.classes[property] += from.classes[property];
}
