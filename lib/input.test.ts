import { describe, expect, it } from "vitest";
import { z } from "zod";
import { AppError } from "./errors.ts";
import { parseInput } from "./input.ts";

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
    expect(message).toBe("A name is needed. An amount is a number.");
    expect(fields).toEqual({ name: "A name is needed.", "lines.1.amount": "An amount is a number." });
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
});
