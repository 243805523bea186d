import { expect, it } from "vitest";
import { chargeDay } from "@/lib/charges/charge.ts";
import { dayInput, usageRow } from "@/lib/charges/testing-day.ts";
import type { Charge } from "@/lib/charges/types.ts";
import { ChargesHash } from "./seal.ts";

const { charges } = chargeDay(dayInput({ usage: [usageRow(1, 1, { activeMilli: 3_600_000 })] }));
const digest = (rows: readonly Charge[], later: ConstructorParameters<typeof ChargesHash>[0] = []) => {
  const hash = new ChargesHash(later);
  hash.add(rows, []);
  return hash.digest();
};
/** The charge as a version without the class `starting` had it. */
const before = charges.map(({ classes: { startingMilli, startingMicros, ...classes }, ...rest }) => ({
  ...rest,
  classes: classes as Charge["classes"],
}));

it("keeps the hash of what was sealed before a class was added", () => {
  expect(charges).toHaveLength(1);
  expect(digest(charges)).not.toBe(digest(before));
  expect(digest(charges, ["starting"])).toBe(digest(before));
});

it("seals a later class as soon as it has an amount", () => {
  const [charge] = charges as [Charge];
  const some = [{ ...charge, classes: { ...charge.classes, startingMicros: 1 } }];
  expect(digest(some, ["starting"])).not.toBe(digest(charges, ["starting"]));
});
