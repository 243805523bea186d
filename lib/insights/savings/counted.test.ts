import fc from "fast-check";
import { expect, it } from "vitest";
import { runs } from "@/lib/testing-runs.ts";
import { addDays } from "@/lib/time.ts";
import { countedPart, DAYS_BEFORE } from "./counted.ts";

const FIRST = 20261001;

it("counts no day of a workload for two records", () => {
  const record = fc.record({
    subject: fc.constantFrom(["workload", 1] as const, ["workload", 2] as const, ["project", 1] as const),
    acted: fc.nat(30),
    days: fc.integer({ min: 1, max: 20 }),
  });
  fc.assert(
    fc.property(fc.array(record, { maxLength: 6 }), (drawn) => {
      const all = drawn.map(({ subject: [subjectKind, subjectKey], acted, days }, i) => {
        const actedDay = addDays(FIRST, acted);
        return {
          ...{ id: `a${i}`, subjectKind, subjectKey, actedDay, expiresDay: addDays(actedDay, days + 1) },
          ...{ recordedAt: i % 2 },
        };
      });
      const counts = new Map<string, number>();
      for (const action of all) {
        const { untilDay, withoutWorkloads } = countedPart(action, all, () => 1);
        const own = action.subjectKind === "workload" ? [action.subjectKey] : [1, 2, 3];
        for (let day = addDays(action.actedDay, 1); day < untilDay; day = addDays(day, 1))
          for (const workload of own.filter((w) => !withoutWorkloads.includes(w)))
            counts.set(`${workload}/${day}`, (counts.get(`${workload}/${day}`) ?? 0) + 1);
      }
      expect(Math.max(0, ...counts.values())).toBeLessThanOrEqual(1);
    }),
    runs(200),
  );
});

it("lets a later record take over on its day, and leaves records of other times and projects alone", () => {
  const at = (id: string, subjectKind: string, subjectKey: number, actedDay: number) => ({
    ...{ id, subjectKind, subjectKey, actedDay, expiresDay: addDays(actedDay, 11), recordedAt: 0 },
  });
  const all = [
    at("a", "workload", 1, 20261001),
    at("b", "workload", 1, 20261005),
    at("p", "project", 7, 20261012),
    at("q", "project", 8, 20261012),
    at("r", "project", 7, addDays(20261016, DAYS_BEFORE + 1)),
  ];
  const part = (id: string) => countedPart(all.find((a) => a.id === id) as (typeof all)[number], all, () => 7);
  expect(part("a")).toEqual({ untilDay: 20261005, withoutWorkloads: [] });
  expect(part("b")).toEqual({ untilDay: 20261016, withoutWorkloads: [] });
  expect(part("p")).toEqual({ untilDay: 20261023, withoutWorkloads: [1] });
  expect(part("q").withoutWorkloads).toEqual([]);
  expect(part("r").withoutWorkloads).toEqual([]);
});
