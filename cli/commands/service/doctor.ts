import { userInfo } from "node:os";
import type { Command } from "commander";
import { examine } from "@/cli/doctor.ts";
import { type Io, Stopped } from "@/cli/io.ts";
import { cliViewer, ledgerOf, systemNow } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { createLog } from "@/lib/log.ts";

export function register(program: Command, io: Io): void {
  program
    .command("doctor")
    .summary("check settings, database, disk, clock, sign-in, sync and connections")
    .description(
      "Checks everything that can keep GPU Ledger from working, and says what to do. Exit code 1 where something does not work; warnings are no failure.",
    )
    .action(() => run(io));
}

async function run(io: Io): Promise<void> {
  const settings = env();
  const ctx = {
    ...{ now: systemNow, viewer: cliViewer(userInfo().username), log: createLog("silent"), ledger: ledgerOf(settings) },
  };
  const findings = await examine({ env: settings, ctx }, process.version);
  for (const { state, what, detail, advice } of findings)
    await io.write(`${state.padEnd(8)} ${what}: ${detail}\n${advice ? `         ${advice}\n` : ""}`);
  const count = (state: string) => findings.filter((f) => f.state === state).length;
  io.note(`${count("ok")} ok, ${count("warning")} warnings, ${count("failed")} failed.`);
  if (count("failed") > 0) throw new Stopped(1);
}
