import type { Command } from "commander";
import { type Io, Stopped } from "@/cli/io.ts";
import { withCtx } from "@/cli/open.ts";
import { check } from "@/db/check.ts";
import type { Fault } from "@/db/fault.ts";
import { exposureWarning } from "@/db/file-access.ts";
import { verifyChain } from "@/lib/closing/audit.ts";
import { env } from "@/lib/env.ts";
import { listOpenItems, type OpenItem } from "@/lib/metering/open-store.ts";
import { closeSettingsOf } from "@/lib/periods/settings.ts";
import { formatInstant } from "@/lib/time.ts";

const faultText = ({ kind, subject, detail }: Fault): string => `${kind}: ${subject}: ${detail}`;

/** Of each kind of open item so many are listed one by one, the largest first. */
const MOST_OPEN = 25;

const openText = ({ kind, cluster, subject, subjects, milliGpuSeconds, firstAt, lastAt, detail }: OpenItem): string =>
  `open: ${kind}: ${subjects > 1 ? `${subjects} others` : `${subject} (${cluster})`}: ${(milliGpuSeconds / 3_600_000).toFixed(2)} GPU-hours in the hours of ${formatInstant(firstAt)} to ${formatInstant(lastAt)}. ${detail}`;

export function register(program: Command, io: Io): void {
  program
    .command("check")
    .description(
      "prove that the ledger is sound and adds up: every GPU-second in one class, every sum the sum of its parts",
    )
    .action(async () => {
      const { faults, identities, open } = await withCtx({ mustExist: true, untouched: true }, async (ctx) => {
        const checked = await check(ctx.db, env().BILLING_TIME_ZONE);
        const damaged = checked.faults.some((f) => f.kind === "damaged");
        const chain = damaged ? [] : await verifyChain(ctx, closeSettingsOf(env()));
        const open = damaged ? [] : await listOpenItems(ctx.db, MOST_OPEN);
        return {
          ...checked,
          open,
          faults: [...checked.faults.map(faultText), ...chain.map((fault) => `closes: ${fault}`)],
        };
      });
      const warning = exposureWarning(env().DATABASE_URL);
      if (warning) io.note(warning);
      for (const fault of faults) await io.write(`${fault}\n`);
      for (const item of open) await io.write(`${openText(item)}\n`);
      if (faults.length) {
        io.note(
          `${faults.length} ${faults.length === 1 ? "fault" : "faults"}. See docs/operations.md, "When check finds something".`,
        );
        throw new Stopped(1);
      }
      await io.write(`Sound. ${identities} sums of GPU-seconds checked; nothing missing, nothing counted twice.\n`);
    });
}
