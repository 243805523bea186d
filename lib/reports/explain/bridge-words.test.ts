import { describe, expect, it } from "vitest";
import { BRIDGE_PARTS, type Bridge } from "@/lib/charges/bridge.ts";
import { sumMicros } from "@/lib/money.ts";
import { Random } from "@/simulator/random.ts";
import { bridgeSentence } from "./bridge-words.ts";

const bridge = (given: Partial<Bridge["parts"]>): Bridge => {
  const parts = { ...Object.fromEntries(BRIDGE_PARTS.map((p) => [p, 0])), ...given } as Bridge["parts"];
  const change = sumMicros(Object.values(parts));
  return { beforeMicros: 10_000_000_000, nowMicros: sumMicros([10_000_000_000, change]), parts };
};

describe("the sentence of a bridge", () => {
  it("names causes in the direction of the change first, and then what works against it", () => {
    const change = bridge({
      volume: 2_733_320_000,
      unheld: -1_981_980_000,
      idle: -824_000_000,
      calendar: -677_480_000,
    });
    expect(bridgeSentence(change, "USD")).toBe(
      "Spend fell by $750.14: $1,981.98 from less unallocated capacity, $824.00 from less idle time, $677.48 from fewer days; offset by $2,733.32 from more use on each day.",
    );
  });

  it("does not name rounding", () => {
    expect(bridgeSentence(bridge({ volume: 5_000_000, price: 120 }), "USD")).not.toContain("price");
    expect(bridgeSentence(bridge({ price: 120 }), "USD")).toBe("Spend did not change.");
    expect(bridgeSentence(bridge({ price: 400_000 }), "JPY")).toBe("Spend did not change.");
  });

  it("says so where parts cancel out", () => {
    expect(bridgeSentence(bridge({ volume: 5_000_000, idle: -5_000_000 }), "USD")).toBe(
      "Spend did not change: more use on each day (+$5.00), less idle time (−$5.00).",
    );
  });

  it("never gives as a cause what went the other way", () => {
    const random = new Random(7);
    for (let i = 0; i < 500; i++) {
      const change = bridge(
        Object.fromEntries(BRIDGE_PARTS.map((p) => [p, Math.round((random.next() - 0.5) * 2e9)])) as Bridge["parts"],
      );
      const [causes = "", offset = ""] = bridgeSentence(change, "USD").split("; offset by ");
      const rose = change.nowMicros > change.beforeMicros;
      expect(/less|fewer|cheaper|lower|smaller/.test(causes) && rose).toBe(false);
      expect(/more|higher|larger/.test(causes) && !rose).toBe(false);
      expect(/less|fewer|cheaper|lower|smaller/.test(offset) && !rose).toBe(false);
    }
  });
});
