import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { AppError } from "./errors.ts";
import { parseInput, parseJsonText } from "./input.ts";

const schema = z.object({
  name: z
    .string()
    .min(1, "A name is needed.")
    .regex(/^[a-z]*$/, "Only letters."),
  lines: z.array(z.object({ amount: z.number({ error: "An amount is a number." }) })),
});

const problemsOf = (given: unknown): AppError => {
  try {
    parseInput(schema, given);
  } catch (error) {
    if (error instanceof AppError) return error;
  }
  throw new Error("it was accepted");
};

describe("what a person gave", () => {
  it("is read as the schema says", () => {
    expect(parseInput(schema, { name: "a", lines: [] })).toEqual({ name: "a", lines: [] });
  });

  it("is refused in the schema's words, each at its field", () => {
    const { code, message, fields } = problemsOf({ name: "", lines: [{ amount: 1 }, { amount: "x" }] });
    expect(code).toBe("invalid");
    expect(message).toBe("A name is needed. lines 2, amount: An amount is a number.");
    expect(fields).toEqual({ name: "A name is needed.", "lines.1.amount": "An amount is a number." });
  });

  it("is named as forms name it, and an item by its list", () => {
    const roles = z.object({ grants: z.array(z.object({ teamKey: z.number() })), teamKeys: z.array(z.number()) });
    const refusal = (given: unknown) => {
      try {
        parseInput(roles, given);
      } catch (error) {
        return (error as AppError).message;
      }
    };
    expect(refusal({ grants: [{ teamKey: "x" }], teamKeys: [] })).toBe('role 1, team: "team" must be a number.');
    expect(refusal({ grants: [], teamKeys: [1, "x"] })).toBe('team 2: "team" must be a number.');
  });

  it("has one sentence at a field: the first", () => {
    const short = z.object({
      name: z
        .string()
        .min(3, "Too short.")
        .regex(/^[a-z]*$/, "Only letters."),
    });
    expect(() => parseInput(short, { name: "A" })).toThrow("Too short. Only letters.");
    try {
      parseInput(short, { name: "A" });
    } catch (error) {
      expect((error as AppError).fields).toEqual({ name: "Too short." });
    }
  });

  it.each([
    [{}, '"name" is missing: it must be a text. "list" is missing: it must be a list.'],
    [{ name: 7, list: [] }, '"name" must be a text. "list" must be at least 1 item.'],
    [
      { name: "toolong", list: [{}] },
      '"name" must be at most 3 characters. list 1, n: "n" is missing: it must be a number.',
    ],
    [
      { name: "a", list: [{ n: 0.5, on: "x" }] },
      'list 1, n: "n" must be a whole number. list 1, on: "on" must be true or false.',
    ],
    [{ name: "a", list: [{ n: -1 }], kind: "z" }, 'list 1, n: "n" must be at least 0. "kind" must be one of x, y.'],
    [
      { name: "a", list: [{ n: 1, m: 1 }], q: 1, r: 1 },
      'list 1: "m" is no field that can be given here. "q", "r" are no fields that can be given here.',
    ],
    [{ name: "a", list: [{ n: 1 }], mail: "x" }, '"mail" does not have the form that is needed.'],
    [null, "What was sent must be an object."],
    ["x", "What was sent must be an object."],
  ])("is refused in words that name the field where the schema has none: %j", (given, words) => {
    const plain = z.strictObject({
      name: z.string().max(3),
      list: z.array(z.strictObject({ n: z.int().min(0), on: z.boolean().optional() })).min(1),
      kind: z.enum(["x", "y"]).optional(),
      mail: z.email().optional(),
    });
    expect(() => parseInput(plain, given)).toThrow(expect.objectContaining({ code: "invalid", message: words }));
  });
});

it("of thousands of problems lists twenty, and counts the others", () => {
  const { message, fields } = problemsOf({ name: "a", lines: Array.from({ length: 10_000 }, () => ({})) });
  expect(message).toMatch(/^lines 1, amount: .* lines 20, amount: An amount is a number\. … and 9980 more\.$/);
  expect(Object.keys(fields ?? {})).toHaveLength(20);
});

describe("JSON that somebody sent", () => {
  it("is what JSON.parse says, whatever its texts hold", () => {
    for (const value of [{ a: ["[[[[{{", '\\"[', "\\"], b: { c: null } }, [], 1.5, "x,y"])
      expect(parseJsonText(JSON.stringify(value))).toEqual(value);
    expect(() => parseJsonText("{")).toThrow("The body is not JSON.");
  });

  it.each([
    ["lists within lists", "[".repeat(2_000_000), "deeper than 40"],
    ["values without end", `[${"{},".repeat(1_000_000)}{}]`, "more than 300000 values"],
    ["names without end", `{${'"a":0,'.repeat(400_000)}"b":0}`, "more than 300000 values"],
  ])("is refused before it is parsed: %s", (_, text, message) => {
    const parse = vi.spyOn(JSON, "parse");
    try {
      expect(() => parseJsonText(text)).toThrow(message);
      expect(parse).not.toHaveBeenCalled();
    } finally {
      parse.mockRestore();
    }
  });

  it("may be as deep, and as long, as the limits say", () => {
    const deep = `${"[".repeat(40)}${"]".repeat(40)}`;
    expect(JSON.stringify(parseJsonText(deep))).toBe(deep);
    expect(parseJsonText(`[${"1,".repeat(299_999)}1]`)).toHaveLength(300_000);
  });
});
