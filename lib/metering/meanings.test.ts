import { expect, it } from "vitest";
import { CLASSES } from "@/lib/classes.ts";
import { classMeanings } from "./meanings.ts";
import { DEFAULT_RULES } from "./types.ts";

it("describes each class with the thresholds of the rules, and every class in a sentence", () => {
  const usual = classMeanings(DEFAULT_RULES);
  expect(usual.starting).toContain("at most 15 min");
  expect(usual["dead-idle"]).toBe(
    "No activity for 10 min or more, and less than 2 % of the card's memory, or than 512 MiB, held.",
  );
  const other = classMeanings({
    ...DEFAULT_RULES,
    startingGraceSeconds: 1800,
    idleAfterSeconds: 5400,
    heldMemoryPercent: 5,
    heldMemoryMib: 1024,
    inefficientPercent: 40,
  });
  expect(other.starting).toContain("at most 30 min");
  expect(other["idle-held"]).toBe(
    "No activity for 1 h 30 min or more, while holding 5 % of the card's memory and 1024 MiB or more.",
  );
  expect(other.inefficient).toBe("Active, but 95 % of the time below 40 % utilisation.");
  for (const c of CLASSES) expect(other[c]).toMatch(/^[A-Z].*\.$/);
});
