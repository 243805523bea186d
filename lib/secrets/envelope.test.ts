import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keyIdOf, keyOf, seal, unseal } from "./envelope.ts";

const KEY = keyOf("a key of this test, and of no other one");
const PLACE = { of: "channel/12", field: "url" };

describe("an envelope", () => {
  it("opens with its key, at its place, whatever the value", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (value) => {
        expect(unseal(KEY, PLACE, seal(KEY, PLACE, value))).toBe(value);
      }),
    );
  });

  it("is another one each time, names its key, and shows nothing of the value but its length", () => {
    const [one, two] = [seal(KEY, PLACE, "hunter2 hunter2"), seal(KEY, PLACE, "hunter2 hunter2")];
    expect(one).not.toBe(two);
    expect(keyIdOf(one)).toBe(KEY.id);
    expect(Buffer.from(one.split(".")[2] as string, "base64url").toString("latin1")).not.toContain("hunter2");
  });

  it.each([
    ["another owner", { of: "channel/13", field: "url" }],
    ["another field", { of: "channel/12", field: "token" }],
    ["a place that reads alike when joined", { of: "channel/12 u", field: "rl" }],
    ["a place with the separators of the other", { of: 'channel/12","url', field: "" }],
  ])("does not open at %s", (_, place) => {
    expect(unseal(KEY, place, seal(KEY, PLACE, "hunter2"))).toBe(null);
  });

  it("does not open with another key, nor under the id of this one", () => {
    const other = keyOf("another key of this test, and a longer one");
    const sealed = seal(other, PLACE, "hunter2");
    expect(unseal(KEY, PLACE, sealed)).toBe(null);
    expect(unseal(KEY, PLACE, sealed.replace(other.id, KEY.id))).toBe(null);
    expect(unseal({ ...KEY, id: other.id }, PLACE, sealed)).toBe(null);
  });

  it("does not open with one bit changed, or a part left out", () => {
    const sealed = seal(KEY, PLACE, "hunter2");
    const [version, id, body = ""] = sealed.split(".");
    const bytes = Buffer.from(body, "base64url");
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(unseal(KEY, PLACE, `${version}.${id}.${changed.toString("base64url")}`)).toBe(null);
    }
    for (const text of ["", "v1", `v2.${id}.${body}`, `${version}.${id}.`, sealed.slice(0, -4), "v1.zz.AAAA"])
      expect(unseal(KEY, PLACE, text)).toBe(null);
  });

  it("has a key that follows from the text alone, with an id that does not contain it", () => {
    expect(keyOf("a key of this test, and of no other one")).toEqual(KEY);
    expect(KEY.bytes).toHaveLength(32);
    expect(KEY.bytes.toString("hex")).not.toContain(KEY.id);
  });
});
