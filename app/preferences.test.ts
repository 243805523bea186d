import { expect, it } from "vitest";
import { preferenceOf, zoneOf } from "./preferences.ts";

it("reads what there is to prefer, and nothing else", () => {
  expect(preferenceOf("density", "compact")).toBe("compact");
  expect(preferenceOf("usual-period", "last-7-days")).toBe("last-7-days");
  for (const value of [undefined, "", "huge", "constructor", "<script>"])
    expect(preferenceOf("density", value)).toBe(undefined);
});

it("reads a zone, encoded or not, and no other text", () => {
  expect(zoneOf("Europe%2FBerlin")).toBe("Europe/Berlin");
  expect(zoneOf("Asia/Kathmandu")).toBe("Asia/Kathmandu");
  for (const value of [undefined, "", "Nowhere/Town", "%", "%E0%A4%A"]) expect(zoneOf(value)).toBe(undefined);
});
