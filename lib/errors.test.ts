import { expect, it } from "vitest";
import { AppError } from "./errors.ts";

it("a message repeats at most 200 letters of what was sent, whole letters", () => {
  expect(new AppError("invalid", `There is no team "${"a".repeat(200)}".`).message).toContain(`"${"a".repeat(200)}"`);
  expect(new AppError("invalid", `There is no team "${"b".repeat(3000)}". Use its key.`).message).toBe(
    `There is no team "${"b".repeat(200)}…". Use its key.`,
  );
  expect(new AppError("invalid", `"c${"😀".repeat(150)}" is unknown`).message).toBe(
    `"c${"😀".repeat(99)}…" is unknown`,
  );
});
