import type { Command } from "commander";
import type { Io } from "@/cli/io.ts";
import { writesReport } from "@/cli/report-command.ts";

export function register(program: Command, io: Io): void {
  writesReport(
    program.command("rightsizing").summary("what workloads could do without, with savings"),
    io,
    "right-sizing",
  );
}
