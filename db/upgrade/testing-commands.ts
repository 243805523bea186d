import { Command } from "commander";
import { addCommand, listCommandFiles } from "@/cli/command-files.ts";
import type { Io } from "@/cli/io.ts";

/** What a command of the command line wrote, and how it ended. */
export interface Outcome {
  readonly args: readonly string[];
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Every command of the command line: what `npm run ledger` runs, but in this process and as often as wanted. */
async function program(io: Io): Promise<Command> {
  const root = new Command("ledger").exitOverride().configureOutput({ writeErr: (text) => io.note(text.trimEnd()) });
  for (const file of listCommandFiles().values()) await addCommand(root, io, file);
  return root;
}

/** Runs one command at an instant, in seconds. A failure is an outcome, with its message in `stderr`. */
export async function runCommand(args: readonly string[], at: number): Promise<Outcome> {
  (globalThis as { ledgerClock?: number }).ledgerClock = at * 1000;
  const parts: Buffer[] = [];
  const notes: string[] = [];
  const io: Io = {
    signal: new AbortController().signal,
    write: async (text) => {
      parts.push(Buffer.from(text));
    },
    note: (text) => {
      notes.push(text);
    },
    progress: () => undefined,
  };
  let code = 0;
  try {
    await (await program(io)).parseAsync([...args], { from: "user" });
  } catch (error) {
    const { exitCode, message } = error as { exitCode?: number; message?: string };
    code = exitCode ?? 1;
    notes.push(String(message));
  }
  return { args, code, stdout: Buffer.concat(parts), stderr: notes.join("\n") };
}
