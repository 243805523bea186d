import { CommanderError, InvalidArgumentError } from "commander";
import { describe, expect, it } from "vitest";
import { AppError } from "@/lib/errors.ts";
import { endingOf } from "./exit.ts";
import { INTERRUPTED, Stopped } from "./io.ts";

describe("endingOf", () => {
  it.each([
    [new AppError("invalid", "That is no day."), 2, "That is no day."],
    [new AppError("not_found", "There is no such report."), 2, "There is no such report."],
    [new AppError("internal", "The disk is full."), 1, "The disk is full."],
    [new AppError("source_unavailable", "Run:ai is away."), 1, "Run:ai is away."],
    [
      new TypeError("x is undefined"),
      1,
      "Unexpected failure: x is undefined. Run it again with LOG_LEVEL=debug for details.",
    ],
    ["a text", 1, "Unexpected failure: a text. Run it again with LOG_LEVEL=debug for details."],
    [new Stopped(INTERRUPTED), 130, ""],
    [new CommanderError(0, "commander.helpDisplayed", "(outputHelp)"), 0, ""],
    [new CommanderError(1, "commander.unknownOption", "unknown option"), 2, ""],
    [new InvalidArgumentError("not a number"), 2, ""],
  ])("%s ends with %d", (error, exitCode, message) => {
    expect(endingOf(error, false)).toEqual({ exitCode, message });
  });

  it("shows a stack only on request", () => {
    expect(endingOf(new AppError("internal", "Full."), true).message).toMatch(/^Full\.\nAppError: Full\.\n {4}at /);
  });
});
