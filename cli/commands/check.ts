import type { Command } from "commander";
import { check } from "@/db/check";
import { env } from "@/lib/env";
import { type Io, Stopped } from "../io.ts";
import { withCtx } from "../open.ts";

export function register(program: Command, io: Io): void {
  program
    .command("check")
    .description(
      "prove that the ledger is sound and adds up: every GPU-second in one class, every sum the sum of its parts",
    )
    .action(async () => {
      const { faults, identities } = await withCtx({ mustExist: true }, (ctx) =>
        check(ctx.db, env().BILLING_TIME_ZONE),
      );
      for (const { kind, subject, detail } of faults) await io.write(`${kind}: ${subject}: ${detail}\n`);
      if (faults.length) {
        io.note(
          `${faults.length} ${faults.length === 1 ? "fault" : "faults"}. See docs/operations.md, "When check finds something".`,
        );
        throw new Stopped(1);
      }
      await io.write(`Sound. ${identities} sums of GPU-seconds checked; nothing missing, nothing counted twice.\n`);
    });
}
