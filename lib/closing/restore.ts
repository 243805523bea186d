import type { Judge } from "@/db/maintenance.ts";
import { allow } from "@/lib/auth/allow.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import { revokeAll } from "@/lib/auth/session-store.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { type BillingCalendar, periodOfId } from "@/lib/periods/calendar.ts";
import { closesLost, closeWords, highestOf, type Issued, type IssuedClose, undoneToRecord } from "./issued.ts";
import { hasCloses, loadIssued } from "./issued-store.ts";
import { runningNumber } from "./number.ts";

export interface RestoreOptions {
  /** Accepts that closes are undone which the backup does not have. */
  readonly undoCloses: boolean;
  /** The highest statement number ever issued, where the ledger that issued it cannot be read. */
  readonly lastNumber?: string | undefined;
  readonly reason: string;
  readonly calendar: BillingCalendar;
  /** Gets what the restored ledger remembers as issued and undone. */
  readonly onUndone?: ((undone: readonly IssuedClose[]) => void) | undefined;
}

const NOTHING: Issued = { closes: [], undone: [] };

/**
 * Decides whether a backup may take the place of a ledger: a month that was closed since is open again in it, which is refused unless that is
 * asked for. Sessions, one-time links and API tokens that the backup holds end. It is on record. The numbers of statements that were issued are never issued again: the restored ledger's audit log keeps them.
 * @throws AppError `conflict` that lists the closes which would be undone; `invalid` for what is not a number.
 */
export function judgeRestore(ctx: Pick<Ctx, "viewer" | "now">, options: RestoreOptions): Judge {
  allow(ctx.viewer, "ledger.restore");
  return async (there, copy) => {
    const backup = await issuedIn(copy);
    const current = there === "none" ? NOTHING : await issuedIn(there).catch(() => null);
    if (!options.undoCloses) refuse(current, backup);
    const known = undoneToRecord(current ?? NOTHING, backup);
    const undone = [...known, ...lastIssued(options, { ...backup, undone: [...backup.undone, ...known] })];
    options.onUndone?.(undone);
    return async (tx) => {
      const signedIn = (await revokeAll(tx, ctx.now())) > 0;
      await recordAct(tx, ctx, {
        action: "ledger.restore",
        subject: "ledger/restore",
        before: null,
        after: { undone, ...(signedIn ? { everybodySignedOut: true } : {}) },
        reason: options.reason,
      });
    };
  };
}

async function issuedIn(ledger: Parameters<Judge>[1] | "damaged"): Promise<Issued> {
  if (ledger === "damaged") throw new AppError("internal", "It is damaged.");
  return (await hasCloses(ledger)) ? loadIssued(ledger) : NOTHING;
}

function refuse(current: Issued | null, backup: Issued): void {
  const all = "Add --undo-closes to restore all the same";
  if (current === null)
    throw new AppError(
      "conflict",
      `Not restored: the ledger that is there is damaged, and its closes cannot be read: some may be missing in the backup. ${all}, and name the highest statement number that was issued with --last-number, so that it is not issued again. The ledger was not changed.`,
    );
  const lost = closesLost(current, backup);
  if (lost.length === 0) return;
  const lines = lost.map((close) => `  ${closeWords(close)}`);
  throw new AppError(
    "conflict",
    `Not restored: the ledger has closes that the backup does not have, and they would be undone:\n${lines.join("\n")}\n${all}: these periods are open again then, and their statement numbers are not issued again. The ledger was not changed.`,
  );
}

/** Numbers up to the one named that no close accounts for, as if one close had issued them. */
function lastIssued({ lastNumber, calendar }: RestoreOptions, known: Issued): IssuedClose[] {
  if (lastNumber === undefined) return [];
  const [, periodId] = /^GL-(.+)-\d{4,9}$/.exec(lastNumber.trim()) ?? [];
  if (!periodId)
    throw new AppError("invalid", `"${lastNumber}" is not the number of a statement, such as GL-2026-10-0007.`);
  const { fiscalYear } = periodOfId(periodId, calendar);
  const [first, last] = [highestOf(known, fiscalYear) + 1, runningNumber(lastNumber.trim())];
  if (last < first) return [];
  const hash = `named ${lastNumber.trim()}`;
  return [{ periodId, hash, closedAt: 0, closedBy: "", numbers: { fiscalYear, first, last } }];
}
