import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runs } from "@/lib/testing-runs.ts";
import { PrometheusClient } from "./client.ts";
import { anyOf, count, is, isNot, isOneOf, lastOverTime, quote, quoteRegex, rate, selector, sumBy } from "./promql.ts";
import { describeWithPrometheus, startPrometheus, type TestPrometheus } from "./testing.ts";
import { quick } from "./testing-server.ts";

describe("the builder", () => {
  it("writes selectors and functions", () => {
    const series = selector("m", [is("a", "x"), isNot("b", ""), isOneOf("c", ["1.5", "a|b"])]);
    expect(series).toBe('m{a="x",b!="",c=~"1\\\\.5|a\\\\|b"}');
    expect(lastOverTime(anyOf(["a:b", "m"]), 60_000)).toBe('last_over_time({__name__=~"a:b|m"}[60s])');
    expect(lastOverTime(selector("m"), 59_999)).toBe("last_over_time(m[59999ms])");
    expect(lastOverTime(selector("m"), 60_000)).toBe("last_over_time(m[60s])");
    expect(count(selector("m"))).toBe("count(m)");
    expect(sumBy(["a", "b"], rate(series, 120_000))).toBe(`sum by (a, b) (rate(${series}[120s]))`);
  });

  it("escapes what would end the literal", () => {
    expect(quote('a"} or vector(1) #')).toBe('"a\\"} or vector(1) #"');
    expect(quote("back\\slash\nline\u0000")).toBe('"back\\\\slash\\nline\\x00"');
  });

  it.each([
    ["metric", () => selector("m{} or vector(1)")],
    ["metric", () => selector("")],
    ["label", () => is('a="x",b', "y")],
    ["label", () => isOneOf("__name__=~", ["y"])],
    ["label", () => sumBy(["a) (b"], selector("m"))],
  ])("refuses what is not a %s name", (what, build) => {
    expect(build).toThrow(`is not a Prometheus ${what} name`);
  });

  it("refuses text that is no Unicode, empty choices and empty ranges", () => {
    expect(() => quote("\ud800")).toThrow("not valid Unicode");
    expect(() => isOneOf("a", [])).toThrow("No value");
    expect(() => lastOverTime(selector("m"), 0.5)).toThrow("is not a range");
    expect(() => rate(selector("m"), 0)).toThrow("is not a range");
  });

  it("makes patterns that match their own text only", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (text, other) => {
        const pattern = new RegExp(`^(?:${quoteRegex(text)})$`, "s");
        expect(pattern.test(text)).toBe(true);
        expect(pattern.test(other)).toBe(text === other);
      }),
      runs(100),
    );
  });
});

const AT = 1_790_000_000;
const HOSTILE = [
  ...["a\nb", '"', "\\", '\\"', "\\\\n", "{}", 'x",b="y', "a|b", ".*", "^$", "[a-z]+", "(?i)x", "$1", "\t\r", "\u007f"],
  ...["\u2028", "é", "e\u0301", "日本", "🙂", "\uffff", "\u0001", "`", "'", "#", "x} or vector(1) #"],
  ...fc.sample(fc.string({ unit: "binary", minLength: 1, maxLength: 12 }), { seed: 7, numRuns: 150 }),
  ...fc.sample(fc.string({ unit: fc.constantFrom(...'\\"|.*+?()[]{}^$\n,= a'), minLength: 1 }), {
    seed: 8,
    numRuns: 150,
  }),
].filter((text, i, all) => all.indexOf(text) === i && !text.includes("\u0000"));

describeWithPrometheus("escaping, asked of a real Prometheus", () => {
  let peer: TestPrometheus;
  let client: PrometheusClient;
  beforeAll(async () => {
    const stored = (text: string) => text.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n");
    const lines = HOSTILE.map((text, i) => `hostile{v="${stored(text)}",i="${i}"} ${i} ${AT}`);
    peer = await startPrometheus({ openmetrics: [`# TYPE hostile gauge\n${lines.join("\n")}\n`] });
    client = new PrometheusClient({ url: peer.url, ...quick });
  });
  afterAll(async () => {
    await client?.close();
    await peer?.close();
  });

  it("finds each hostile value, and it alone, by equality", async () => {
    for (const [i, v] of HOSTILE.entries()) {
      const { series } = await client.instant(selector("hostile", [is("v", v)]), AT);
      expect(series.map((s) => s.labels)).toEqual([{ __name__: "hostile", v, i: String(i) }]);
    }
  });

  it("finds the values of a list, and them alone, by pattern", async () => {
    const pick = fc.uniqueArray(fc.nat({ max: HOSTILE.length - 1 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(pick, async (some) => {
        const values = some.map((i) => HOSTILE[i] as string);
        const { series } = await client.instant(selector("hostile", [isOneOf("v", values)]), AT);
        expect(series.map((s) => Number(s.labels.i)).sort((a, b) => a - b)).toEqual(some.sort((a, b) => a - b));
      }),
      runs(60, 9),
    );
  });
});
