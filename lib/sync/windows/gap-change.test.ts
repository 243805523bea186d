import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "@/lib/testing-runs.ts";
import { changeGaps, type GapPiece, type GapReading } from "./gap-change.ts";

const SECONDS = 60;
const SUBJECTS = ["a", "b"];

/** A day of little intervals, cut from edges so that they are disjoint. */
const disjoint = fc
  .uniqueArray(fc.integer({ min: 0, max: SECONDS }), { maxLength: 8 })
  .map((edges) => [...edges].sort((a, b) => a - b))
  .map((edges) =>
    edges.flatMap((start, i) =>
      i % 2 === 0 && edges[i + 1] !== undefined ? [{ start, end: edges[i + 1] as number }] : [],
    ),
  );

const oldGaps = fc.tuple(...SUBJECTS.map(() => disjoint)).map((lists) =>
  lists.flatMap((list, s) =>
    list.map((i, n): GapPiece => {
      const status = n % 3 === 2 ? "known" : "open";
      return {
        ...i,
        subject: SUBJECTS[s] as string,
        cause: "before",
        status,
        attempts: 1,
        firstSeenAt: 1,
        nextRetryAt: 5,
        healedAt: null,
      };
    }),
  ),
);

const readings = fc
  .record({
    from: fc.integer({ min: 0, max: SECONDS - 1 }),
    length: fc.integer({ min: 1, max: SECONDS }),
    found: fc.tuple(...SUBJECTS.map(() => disjoint)),
    sameCause: fc.boolean(),
  })
  .map(({ from, length, found, sameCause }): GapReading => {
    const within = { start: from, end: from + length };
    const inside = found.flatMap((list, s) =>
      list.flatMap((i) => {
        const part = { start: Math.max(i.start, within.start), end: Math.min(i.end, within.end) };
        return part.start < part.end
          ? [{ ...part, subject: SUBJECTS[s] as string, cause: sameCause ? "before" : "now" }]
          : [];
      }),
    );
    return { within, found: inside, attempts: 2, nextRetryAt: 9, now: 7 };
  });

type Second = "open" | "known" | "healed" | "none";

/** What a list of gaps says of each second of a subject; open and known before healed. */
function seconds(list: readonly GapPiece[], subject: string): Second[] {
  return Array.from({ length: SECONDS + 1 }, (_, at): Second => {
    const here = list.filter((g) => g.subject === subject && g.start <= at && at < g.end).map((g) => g.status);
    return here.find((s) => s !== "healed") ?? here[0] ?? "none";
  });
}

describe("gaps after a reading", () => {
  it("are healed exactly where it filled them, open exactly where it lacked something, and as they were elsewhere", () => {
    fc.assert(
      fc.property(oldGaps, readings, (old, reading) => {
        const after = changeGaps(old, reading);
        for (const subject of SUBJECTS) {
          const before = seconds(old, subject);
          const lacked = seconds(
            reading.found.map((f) => ({ ...f, status: "open" }) as GapPiece),
            subject,
          );
          const expected = before.map((was, at): Second => {
            const asked = at >= reading.within.start && at < reading.within.end;
            if (!asked) return was;
            if (lacked[at] === "open") return "open";
            return was === "none" ? "none" : "healed";
          });
          expect(seconds(after, subject)).toEqual(expected);
        }
      }),
      runs(1000, 11),
    );
  });

  it("are disjoint for each subject, unique by start, and never empty", () => {
    fc.assert(
      fc.property(oldGaps, readings, (old, reading) => {
        const after = changeGaps(old, reading);
        expect(after.every((g) => g.start < g.end)).toBe(true);
        for (const subject of SUBJECTS) {
          const mine = after.filter((g) => g.subject === subject).sort((a, b) => a.start - b.start);
          for (const [i, g] of mine.entries()) if (i > 0) expect(g.start).toBeGreaterThanOrEqual(mine[i - 1]?.end ?? 0);
        }
      }),
      runs(1000, 12),
    );
  });

  it("are the same when the same reading is recorded twice", () => {
    fc.assert(
      fc.property(oldGaps, readings, (old, reading) => {
        const once = changeGaps(old, reading);
        const standing = once.filter((g) => g.status !== "healed");
        const inReach = standing.filter((g) => g.start <= reading.within.end && g.end >= reading.within.start);
        const twice = changeGaps(inReach, reading);
        expect(twice.filter((g) => g.status !== "healed")).toEqual(inReach);
        expect(twice.filter((g) => g.status === "healed")).toEqual([]);
      }),
      runs(1000, 13),
    );
  });

  it("of an outage grow as one row from where it began, however often it is asked", () => {
    let rows: GapPiece[] = [];
    for (let now = 10; now <= 50; now += 5) {
      const within = { start: Math.max(0, now - 12), end: now };
      const found = [{ subject: "a", start: Math.max(3, within.start), end: now, cause: "down" }];
      rows = changeGaps(rows, { within, found, attempts: 1, nextRetryAt: now + 1, now });
    }
    expect(rows).toMatchObject([{ subject: "a", start: 3, end: 50, status: "open", firstSeenAt: 10 }]);
  });
});
