import { existsSync } from "node:fs";
import { Command } from "commander";
import { VERSION } from "@/lib/product.ts";
import { addCommand, listCommandFiles } from "./command-files.ts";
import { endingOf, USAGE } from "./exit.ts";
import { createIo, INTERRUPTED, type Io, Stopped, TERMINATED } from "./io.ts";

/** Only the command asked for is loaded; help and mistakes load them all. */
async function registerCommands(program: Command, io: Io, asked: string | undefined): Promise<void> {
  const files = listCommandFiles();
  const wanted = asked === undefined ? undefined : files.get(asked);
  for (const file of wanted ? [wanted] : files.values()) await addCommand(program, io, file);
}

function createProgram(): Command {
  return new Command("ledger")
    .description("GPU Ledger: meters GPU clusters and reports who used what.")
    .usage("<command> [options]")
    .version(VERSION, "-V, --version", "show the version")
    .helpOption("-h, --help", "show help for a command")
    .helpCommand("help [command]", "show help for a command")
    .showSuggestionAfterError()
    .showHelpAfterError("Add --help for what it takes.")
    .addHelpText(
      "after",
      "\nSettings are environment variables: see docs/configuration.md.\nExit codes: 0 done, 1 failed, 2 wrong arguments or settings, 130 stopped by Ctrl-C.",
    )
    .exitOverride();
}

const MOST_STOPPING_MS = 14_000;

function listen(stop: AbortController): void {
  const on = (signal: "SIGINT" | "SIGTERM", exitCode: number) =>
    process.on(signal, () => {
      // The second time, the person asking no longer wants to wait for a clean end.
      if (stop.signal.aborted) process.exit(exitCode);
      stop.abort(new Stopped(exitCode));
      // A service manager kills it soon after: a source that is slow to answer holds it no longer than this.
      if (signal === "SIGTERM") setTimeout(() => process.exit(exitCode), MOST_STOPPING_MS).unref();
    });
  on("SIGINT", INTERRUPTED);
  on("SIGTERM", TERMINATED);
}

async function main(): Promise<number> {
  // Ledger, backups and reports hold cost and names: what is written here is for the person who runs it.
  process.umask(0o077);
  if (existsSync(".env")) process.loadEnvFile(".env");
  const stop = new AbortController();
  const io = createIo(process, stop);
  listen(stop);
  try {
    const program = createProgram();
    await registerCommands(program, io, process.argv[2]);
    if (process.argv.length <= 2) {
      io.note(program.helpInformation());
      return USAGE;
    }
    await program.parseAsync();
    io.progress("");
    // A service that SIGTERM asked to end has done so; Ctrl-C is always reported as such.
    const reason: unknown = stop.signal.reason;
    return reason instanceof Stopped && reason.exitCode !== TERMINATED ? reason.exitCode : 0;
  } catch (error) {
    io.progress("");
    const reason: unknown = stop.signal.aborted ? stop.signal.reason : error;
    const ending = endingOf(reason, /^(debug|trace)$/.test(process.env.LOG_LEVEL ?? ""));
    if (ending.message) io.note(ending.message);
    return ending.exitCode;
  }
}

const exitCode = await main();
// What is still on its way to a slow reader goes out first; open sockets of a client do not hold the process up.
if (exitCode === 0 || exitCode === 1) await new Promise<void>((resolve) => process.stdout.write("", () => resolve()));
process.exit(exitCode);
