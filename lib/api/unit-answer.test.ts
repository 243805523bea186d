import { describe, expect, it } from "vitest";
import { countsOf } from "./unit-answer.ts";

const read = (body: unknown, zone = "UTC") => countsOf(body, zone);

describe("counts of a request", () => {
  it("are one or a list, with a day or an instant in the billing zone", () => {
    expect(read({ id: "a", day: "2026-11-29", count: 1200 })).toEqual([
      { id: "a", day: 20261129, countMilli: 1_200_000 },
    ]);
    const counts = [
      { id: "b", at: "2026-11-29T23:30:00Z", count: "0.5" },
      { id: "c", day: "2026-11-01", count: null },
    ];
    expect(read({ counts }, "Europe/Berlin")).toEqual([
      { id: "b", day: 20261130, countMilli: 500 },
      { id: "c", day: 20261101, countMilli: null },
    ]);
  });

  it.each([
    [{ counts: 5 }, /Write \{"counts"/],
    [{ id: "a", count: 1 }, /needs a day .* one of them/],
    [{ id: "a", day: "2026-11-29", at: "2026-11-29T00:00:00Z", count: 1 }, /one of them/],
    [{ id: "a", at: "soon", count: 1 }, /"soon" is not an instant/],
    [{ day: "2026-11-29", count: 1 }, /Count 1 needs an id/],
    [{ counts: [{ id: "a", day: "2026-11-29", count: 1, team: 3 }] }, /no field "team"/],
    [{ id: "a", day: "2026-11-29" }, /"undefined" is not a count/],
    [{ id: "a", day: "2026-11-29", count: -1 }, /"-1" is not a count/],
    [{ id: "a", day: "2026-11-29", count: 0.0001 }, /"0.0001" is not a count/],
    [[1], /Count 1 is not an object/],
  ])("that cannot be read are refused: %j", (body, problem) => {
    expect(() => read(body)).toThrow(problem);
  });
});
