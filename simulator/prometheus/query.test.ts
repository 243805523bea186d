import { describe, expect, it } from "vitest";
import { ParseError, parseQuery } from "./query.ts";
import { floatText, SampleWriter } from "./writer.ts";

describe("parseQuery", () => {
  it.each([
    "vector(1)",
    "up",
    'a{b="c"}',
    "a{b!='c',d=~\"e.*\",}[5m]",
    'avg_over_time(a{b="\\"q\\""}[1h30m])',
    "sum by (x, y) (a)",
    "rate(a[5m])",
    'sum by (x, y) (rate(a{b!="",b!="POD"}[2m]))',
    "sum(a)",
    "max(a) by (x)",
    " count by (x) ( count_over_time ( a [ 90s ] ) ) ",
  ])("reads %s", (text) => {
    expect(parseQuery(text)).toBeTruthy();
  });

  it.each([
    "",
    "rate(a)",
    "irate(a[5m])",
    "a + b",
    "sum without (x) (a)",
    "a[5m] offset 1m",
    "a{b}",
    "avg_over_time(a)",
    "sum by (x) (a[5m])",
    "a[0s]",
    "histogram_quantile(0.9, a)",
    "a}",
  ])("refuses %s", (text) => {
    expect(() => parseQuery(text)).toThrow(ParseError);
  });
});

describe("numbers as Prometheus writes them", () => {
  it.each([
    [1, "1"],
    [0.5, "0.5"],
    [1e-7, "1e-07"],
    [1e21, "1e+21"],
    [Number.NaN, "NaN"],
    [Number.POSITIVE_INFINITY, "+Inf"],
  ])("%d is %s", (value, text) => {
    expect(floatText(value)).toBe(text);
  });

  it("writes scaled whole numbers in shortest form", () => {
    const writer = new SampleWriter();
    writer.open();
    for (const [ms, value, decimals] of [
      [1_795_188_660_000, 0, 4],
      [1_795_188_660_500, 10_203, 4],
      [1_000, 70, 1],
      [0, 81_559, 0],
    ] as const)
      writer.scaled(ms, value, decimals);
    expect(Buffer.concat(writer.drain(true)).toString()).toBe(
      '[1795188660,"0"],[1795188660.500,"1.0203"],[1,"7"],[0,"81559"]',
    );
  });
});
