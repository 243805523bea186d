import { describe, expect, it } from "vitest";
import { AppError, fieldError } from "@/lib/errors.ts";
import { codeOfError, fieldProblemOf, problemOf } from "./words.ts";

describe("what the pages before sign-in say of an error", () => {
  it.each([
    ["an address", fieldError("email", "x"), "email", /not an e-mail address/],
    ["a name", fieldError("name", "x"), "name", /name has at most 200/],
    ["a password", fieldError("password", "x"), "password", /password has 12 to 200/],
    ["a wrong password", new AppError("unauthenticated", "x"), "refused", /is wrong/],
    ["too many attempts", new AppError("busy", "x"), "wait", /too many attempts/],
  ])("is about %s", (_, error, code, words) => {
    expect(codeOfError(error)).toBe(code);
    expect(problemOf(code)).toMatch(words);
  });

  it("leaves errors of the server to the log", () => {
    expect([codeOfError(new Error("x")), codeOfError(new AppError("internal", "x"))]).toEqual([null, null]);
  });

  it("takes a conflict for a second administrator where one is made, else for a store that is busy", () => {
    expect(codeOfError(new AppError("conflict", "x"), "has-admin")).toBe("has-admin");
    expect(problemOf("has-admin")).toMatch(/administrator already/);
    expect(codeOfError(new AppError("conflict", "x"))).toBe(null);
  });

  it("names the field of a problem that has one", () => {
    expect(fieldProblemOf("email")).toEqual({ email: expect.stringContaining("e-mail address") });
    expect([fieldProblemOf("has-admin"), fieldProblemOf(undefined), fieldProblemOf("constructor")]).toEqual([
      ...[null, null, null],
    ]);
  });
});
