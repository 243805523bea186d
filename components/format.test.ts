import { describe, expect, it } from "vitest";
import {
  formatGpuHours,
  formatGpus,
  formatMib,
  formatMoney,
  formatMoneyChange,
  formatNumber,
  formatPercent,
  formatSpan,
  plural,
} from "./format.ts";

const plain = (text: string) => text.replaceAll("\u202f", " ");

describe("figures to read", () => {
  it.each([
    [null, "–"],
    [0, "0"],
    [1, "<0.01"],
    [3_600_000, "1.00"],
    [360_000_000, "100.0"],
    [4_444_400_000_000, "1,234,556"],
  ])("%s milli-GPU-seconds read %s", (milli, text) => expect(plain(formatGpuHours(milli))).toBe(text));

  it.each([
    [null, "–"],
    [0, "0 %"],
    [0.01, "<0.1 %"],
    [99.97, ">99.9 %"],
    [100, "100 %"],
    [33.333, "33.3 %"],
  ])("%s per cent reads %s", (percent, text) => expect(plain(formatPercent(percent))).toBe(text));

  it.each([
    [45, "45 s"],
    [720, "12 min"],
    [3600, "1 h"],
    [5400, "1 h 30 min"],
    [90_000, "1 d 1 h"],
    [86_399, "23 h 59 min"],
  ])("%i seconds read %s", (seconds, text) => expect(plain(formatSpan(seconds))).toBe(text));

  it.each<[number | null, string, string]>([
    [null, "USD", "–"],
    [0, "USD", "$0.00"],
    [4_999, "USD", "<$0.01"],
    [-1, "USD", "−<$0.01"],
    [5_000, "USD", "$0.01"],
    [1_234_567_891_000, "USD", "$1,234,567.89"],
    [-1_005_000, "USD", "−$1.01"],
    [1_500_000, "JPY", "¥2"],
    [1_500, "EUR", "<€0.01"],
  ])("%s micro-units of %s read %s", (micros, currency, text) =>
    expect(plain(formatMoney(micros, currency))).toBe(text),
  );

  it("shows differences with their sign, and axes briefly", () => {
    expect(plain(formatMoneyChange(12_000_000, "USD"))).toBe("+$12.00");
    expect(plain(formatMoneyChange(-12_000_000, "USD"))).toBe("−$12.00");
    expect(plain(formatMoney(1_234_000_000, "USD", true))).toBe("$1.23K");
  });

  it.each([
    [0, "0 clusters"],
    [1, "1 cluster"],
    [2, "2 clusters"],
    [10_043, "10,043 clusters"],
  ])("%i is said %s", (count, text) => expect(plain(plural(count, "cluster"))).toBe(text));

  it("takes the plural that does not end in s", () => {
    expect([plural(1, "history", "histories"), plural(3, "history", "histories")]).toEqual([
      "1 history",
      "3 histories",
    ]);
  });

  it("keeps fractions of a card, groups thousands, and names large memory well", () => {
    expect([formatGpus(8000), formatGpus(500), formatGpus(250), formatGpus(null)]).toEqual(["8", "0.5", "0.25", "–"]);
    expect(plain(formatNumber(-1234.5, 1))).toBe("−1,234.5");
    expect([512, 81_920, 2_097_152].map((m) => plain(formatMib(m)))).toEqual(["512 MiB", "80.0 GiB", "2.00 TiB"]);
  });
});
