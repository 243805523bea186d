import { expect, it } from "vitest";
import { AppError } from "./errors.ts";

/** Unlike any secret of another test: those are hidden in every message of the process. */
const TEN = "team name ";

it("a message repeats at most 200 letters of what was sent, whole letters", () => {
  const short = TEN.repeat(20);
  expect(new AppError("invalid", `There is no team "${short}".`).message).toBe(`There is no team "${short}".`);
  expect(new AppError("invalid", `There is no team "${TEN.repeat(300)}". Use its key.`).message).toBe(
    `There is no team "${short}…". Use its key.`,
  );
  expect(new AppError("invalid", `"c${"😀".repeat(150)}" is unknown`).message).toBe(
    `"c${"😀".repeat(99)}…" is unknown`,
  );
});
