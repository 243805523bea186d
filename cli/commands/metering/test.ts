import { userInfo } from "node:os";
import type { Command } from "commander";
import type { Io } from "@/cli/io.ts";
import { cliViewer } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";
import { testConnections } from "@/lib/jobs/index.ts";
import { createLog } from "@/lib/log.ts";

export function register(program: Command, io: Io): void {
  program
    .command("test")
    .summary("test the connections to the sources")
    .description(
      "Asks each source that is configured whether it answers as it should, and says what to do where it does not. Stores nothing.",
    )
    .action(() => run(io));
}

async function run(io: Io): Promise<void> {
  const reports = await testConnections({ viewer: cliViewer(userInfo().username), log: createLog("error") }, env());
  for (const { source, url, ok, version, message, latencyMs } of reports) {
    const facts = [url, version ? `version ${version}` : "", latencyMs === null ? "" : `${Math.round(latencyMs)} ms`]
      .filter(Boolean)
      .join(", ");
    await io.write(`${source}: ${ok ? "ok" : "failed"}${facts ? ` (${facts})` : ""}\n  ${message}\n`);
  }
  const failed = reports.filter((r) => !r.ok).map((r) => r.source);
  if (failed.length) throw new AppError("source_unavailable", `Not every source can be used: ${failed.join(", ")}.`);
}
