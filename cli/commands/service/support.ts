import { userInfo } from "node:os";
import type { Command } from "commander";
import { examine } from "@/cli/doctor.ts";
import type { Io } from "@/cli/io.ts";
import { writeOut } from "@/cli/out-file.ts";
import { bundleText, ledgerFacts } from "@/cli/support.ts";
import { openToRead } from "@/db/read-only.ts";
import { cliViewer, ledgerOf, systemNow } from "@/lib/ctx.ts";
import { type Env, env } from "@/lib/env.ts";
import { errorText } from "@/lib/errors.ts";
import { createLog } from "@/lib/log.ts";

export function register(program: Command, io: Io): void {
  program
    .command("support")
    .summary("write what helps to find a fault, without secrets")
    .description(
      "Writes one JSON file with version, settings (without secrets, addresses and names), what `doctor` finds, sizes and the last runs. Read it before you send it: error texts may name hosts and workloads.",
    )
    .option("--out <file>", "where it goes; - is standard output", "-")
    .action(({ out }: { out: string }) => run(io, out));
}

async function run(io: Io, out: string): Promise<void> {
  const settings = env();
  const ctx = {
    ...{ now: systemNow, viewer: cliViewer(userInfo().username), log: createLog("silent"), ledger: ledgerOf(settings) },
  };
  const findings = await examine({ env: settings, ctx }, process.version);
  const text = bundleText({ at: systemNow(), env: settings, findings, ledger: await factsOf(settings) });
  await writeOut(
    io,
    out,
    (async function* () {
      yield text;
    })(),
  );
  if (out !== "-") io.note(`Written to ${out}. Read it before you send it: error texts may name hosts and workloads.`);
}

/** A ledger that cannot be opened is what a bundle may be about; one that can is neither created nor migrated. */
async function factsOf(settings: Env): Promise<Record<string, unknown>> {
  try {
    const { db } = await openToRead(settings.DATABASE_URL);
    try {
      return await ledgerFacts(db, settings);
    } finally {
      await db.close();
    }
  } catch (error) {
    return { error: errorText(error) };
  }
}
