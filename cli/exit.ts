import { CommanderError } from "commander";
import { AppError, errorText } from "@/lib/errors.ts";
import { Stopped } from "./io.ts";

export const OK = 0;
export const FAILURE = 1;
export const USAGE = 2;

export interface Ending {
  readonly exitCode: number;
  /** For stderr; empty when there is nothing to say. */
  readonly message: string;
}

/**
 * How a command that threw ends. 2: what was asked for is wrong (arguments, settings, a name that does not exist);
 * 1: it was right but failed. A stack is shown only on request.
 */
export function endingOf(error: unknown, showStack: boolean): Ending {
  if (error instanceof Stopped) return { exitCode: error.exitCode, message: "" };
  // Commander has already said what was wrong.
  if (error instanceof CommanderError) return { exitCode: error.exitCode === 0 ? OK : USAGE, message: "" };
  const stack = showStack && error instanceof Error && error.stack ? `\n${error.stack}` : "";
  if (error instanceof AppError) {
    const usage = error.code === "invalid" || error.code === "not_found";
    return { exitCode: usage ? USAGE : FAILURE, message: `${errorText(error)}${stack}` };
  }
  const hint = showStack ? "" : " Run it again with LOG_LEVEL=debug for details.";
  return { exitCode: FAILURE, message: `Unexpected failure: ${errorText(error)}.${hint}${stack}` };
}
