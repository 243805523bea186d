import path from "node:path";
import type { Copy } from "@/db/maintenance.ts";
import { allow } from "@/lib/auth/allow.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import type { Ctx } from "@/lib/ctx.ts";

/** Puts on record that everything was copied, where to and with which SHA-256. @throws AppError `forbidden`. */
export async function recordBackup(
  ctx: Pick<Ctx, "db" | "viewer" | "now">,
  { file, bytes, sha256 }: Copy,
): Promise<void> {
  allow(ctx.viewer, "ledger.backup");
  const after = { file: path.basename(file), bytes, sha256 };
  const act = { action: "ledger.backup", subject: "ledger/backup", before: null, after, reason: "" } as const;
  await ctx.db.write((tx) => recordAct(tx, ctx, act));
}
