import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "@/lib/testing-runs.ts";
import { quantityMib, quantityMilliCores } from "./quantity.ts";

describe("quantityMib", () => {
  it.each([
    ["0B", 0],
    ["0", 0],
    ["1048576", 1],
    ["1Mi", 1],
    ["200Mi", 200],
    ["128Gi", 131_072],
    ["320Gi", 327_680],
    ["1.5Gi", 1536],
    ["2Ti", 2_097_152],
    ["1024Ki", 1],
    // decimal: 200e6 / 2^20 = 190.73…, 2e9 / 2^20 = 1907.34…
    ["200M", 191],
    ["2G", 1907],
    ["2GB", 1907],
    ["2GiB", 2048],
    ["1e9", 954],
    ["1E9", 954],
    ["1.5e+3", 0],
    ["1E", 953_674_316_406],
    ["+3Mi", 3],
    // half to even: 0.5 MiB is 0, 1.5 MiB is 2, 2.5 MiB is 2
    ["512Ki", 0],
    ["1536Ki", 2],
    ["2560Ki", 2],
    ["100m", 0],
  ])("%s is %d MiB", (text, mib) => {
    expect(quantityMib(text)).toBe(mib);
  });

  it.each(["", " ", "Gi", "abc", "1.2.3Gi", "1KiB2", "-1Gi", "NaN", "Infinity", "1e999", "1 Gi", "0x10", "1GG", "."])(
    "%j is no quantity",
    (text) => {
      expect(quantityMib(text)).toBeNull();
    },
  );

  it("reads numbers as bytes and absence as unknown", () => {
    expect(quantityMib(2_097_152)).toBe(2);
    expect(quantityMib(null)).toBeNull();
    expect(quantityMib(undefined)).toBeNull();
    expect(quantityMib(Number.NaN)).toBeNull();
  });

  it("is exact for every whole number of MiB, whichever binary suffix says it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 40 }), (mib) => {
        expect(quantityMib(`${mib}Mi`)).toBe(mib);
        expect(quantityMib(`${BigInt(mib) * 1024n}Ki`)).toBe(mib);
        expect(quantityMib(String(BigInt(mib) << 20n))).toBe(mib);
        expect(quantityMib(`${mib * 1024}Gi`)).toBe(
          mib * 1024 * 1024 <= Number.MAX_SAFE_INTEGER ? mib * 1_048_576 : null,
        );
      }),
      runs(100),
    );
  });

  it("decimal suffixes and exponents say the same", () => {
    const powers = { k: 3, M: 6, G: 9, T: 12 } as const;
    const suffix = fc.constantFrom<keyof typeof powers>("k", "M", "G", "T");
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.nat(999), suffix, (whole, thousandths, unit) => {
        const number = `${whole}.${String(thousandths).padStart(3, "0")}`;
        expect(quantityMib(`${number}${unit}`)).toBe(quantityMib(`${number}e${powers[unit]}`));
      }),
      runs(100),
    );
  });

  it("never throws and never gives anything but a whole number or null", () => {
    const noise = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(..."0123456789.eEinumkKMGTPB+-") }));
    fc.assert(
      fc.property(noise, (text) => {
        for (const value of [quantityMib(text), quantityMilliCores(text)])
          expect(value === null || (Number.isSafeInteger(value) && value >= 0)).toBe(true);
      }),
      runs(2000),
    );
  });
});

describe("quantityMilliCores", () => {
  it.each([
    ["500m", 500],
    ["2", 2000],
    ["0.25", 250],
    ["1e3m", null],
    ["1k", 1_000_000],
    ["1500u", 2],
    ["2500000n", 2],
    [16, 16_000],
    [0.1, 100],
    ["", null],
    [null, null],
  ])("%j is %j milli-cores", (text, milli) => {
    expect(quantityMilliCores(text)).toBe(milli);
  });
});
