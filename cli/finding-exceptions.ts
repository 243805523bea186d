import type { Command } from "commander";
import type { Io } from "@/cli/io.ts";
import { writeRows } from "@/cli/names.ts";
import { withCtx } from "@/cli/open.ts";
import { FORMATS, parseFormat } from "@/lib/api/report-request.ts";
import { EXCEPTION_COLUMNS, exceptionRow } from "@/lib/exports/exceptions.ts";
import { jsonRow } from "@/lib/exports/json.ts";
import { createException, endException, loadExceptions } from "@/lib/insights/findings/exceptions.ts";
import { EXCEPTION_KINDS, type Exception } from "@/lib/insights/findings/types.ts";
import { formatInstant, parseEdge } from "@/lib/time.ts";

interface AddOptions {
  readonly rule: string;
  readonly kind: string;
  readonly pattern: string;
  readonly until: string;
  readonly reason: string;
}

/** `ledger findings exceptions`: what rules leave alone, and until when. */
export function registerExceptions(findings: Command, io: Io): void {
  const exceptions = findings.command("exceptions").description("What rules leave alone, and until when.");
  exceptions
    .command("list")
    .description("Lists exceptions, those in force first.")
    .option("--format <format>", FORMATS.join(" or "), "csv")
    .action(({ format }: { format: string }) =>
      withCtx({ mustExist: true }, async (ctx) => {
        const wanted = parseFormat(format);
        const rows = (await loadExceptions(ctx)).map((e) => exceptionRow(e, ctx.now()));
        if (wanted === "csv") return writeRows(io, EXCEPTION_COLUMNS, rows);
        const list = rows.map((row) => JSON.parse(jsonRow(EXCEPTION_COLUMNS, row)));
        await io.write(`${JSON.stringify({ exceptions: list }, null, 2)}\n`);
      }),
    );
  exceptions
    .command("add")
    .description("Lets one rule, or all of them, leave something alone.")
    .option("--rule <rule>", "the slug of a rule; every rule where absent", "")
    .requiredOption("--kind <kind>", EXCEPTION_KINDS.join(", "))
    .requiredOption("--pattern <name>", "a name or id; * stands for any characters")
    .requiredOption("--until <date>", "when it ends (YYYY-MM-DD, or an instant)")
    .requiredOption("--reason <text>", "why")
    .action(({ until, kind, ...options }: AddOptions) =>
      withCtx({ mustExist: true }, async (ctx) => {
        const at = parseEdge(until, ctx.ledger.zone);
        const id = await createException(ctx, { ...options, kind: kind as "user" & Exception["kind"], until: at });
        io.note(`${id} holds until ${formatInstant(at)}.`);
      }),
    );
  exceptions
    .command("end")
    .argument("<exception>", "its id")
    .description("Ends an exception now.")
    .requiredOption("--reason <text>", "why")
    .action((id: string, { reason }: { reason: string }) =>
      withCtx({ mustExist: true }, async (ctx) => {
        await endException(ctx, { exception: id, reason });
        io.note(`${id} has ended.`);
      }),
    );
}
