import { describe, expect, it } from "vitest";
import { envelopeSchema, parseSample, readMatrix, readVector } from "./wire.ts";

describe("parseSample", () => {
  it.each([
    ["0", 0],
    ["42.5", 42.5],
    ["1e-07", 1e-7],
    ["1e+21", 1e21],
    ["-3", -3],
  ])("reads %s", (text, value) => expect(parseSample(text)).toBe(value));
  it.each(["NaN", "+Inf", "-Inf", "Inf", "", " ", "none"])("takes %j as missing", (text) =>
    expect(parseSample(text)).toBeNull(),
  );
});

describe("results", () => {
  it("reads a matrix; missing values leave no instant", () => {
    const values = [
      [60, "1"],
      [120, "NaN"],
      [180.5, "+Inf"],
      [240, "2"],
    ];
    expect(readMatrix({ resultType: "matrix", result: [{ metric: { a: "b" }, values }] })).toEqual([
      { labels: { a: "b" }, at: [60, 240], value: [1, 2] },
    ]);
  });

  it("reads a vector, and native histograms as no points", () => {
    const result = [
      { metric: {}, value: [1, "1"] },
      { metric: { h: "1" }, histogram: [1, {}] },
    ];
    expect(readVector({ resultType: "vector", result }).map((s) => s.value)).toEqual([[1], []]);
    expect(readMatrix({ resultType: "matrix", result: null })).toEqual([]);
  });

  it.each([
    [undefined, "resultType"],
    [{ resultType: "vector", result: [] }, "resultType"],
    [{ resultType: "matrix", result: {} }, "not a list"],
    [{ resultType: "matrix", result: [{}] }, "no labels"],
    [{ resultType: "matrix", result: [{ metric: {}, values: [[1, 2]] }] }, "a sample"],
    [{ resultType: "matrix", result: [{ metric: {}, values: ["x"] }] }, "a sample"],
  ])("refuses another shape: %j", (data, why) => expect(() => readMatrix(data)).toThrow(why));

  it("keeps what it does not know of the envelope", () => {
    const known = { status: "success", warnings: null, infos: ["i"], isPartial: false, stats: {} };
    expect(envelopeSchema.parse(known)).toEqual(known);
    expect(envelopeSchema.safeParse({ status: "ok" }).success).toBe(false);
  });
});
