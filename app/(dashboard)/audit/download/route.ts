import { ACTION_WORDS, readAuditQuery } from "@/app/(dashboard)/audit/query.ts";
import { getCtx, processLog } from "@/app/ctx.ts";
import { type PageInput, readInput } from "@/app/page-input.ts";
import { periodName } from "@/app/table-file.ts";
import { actorText, changesText, subjectText } from "@/components/audit/words.ts";
import { respondError, respondFile } from "@/lib/api/respond.ts";
import type { ActFilter } from "@/lib/auth/audit-store.ts";
import { AppError } from "@/lib/errors.ts";
import { csvChunks } from "@/lib/exports/csv.ts";
import { loadAuditNames, readAudit } from "@/lib/pages/audit.ts";
import type { Column, Row } from "@/lib/reports/report.ts";

const text = (key: string, header = key): Column => ({ key, header, unit: "text" });
const COLUMNS: readonly Column[] = [
  { key: "at", header: "at", unit: "instant" },
  ...[text("actorKind", "actor_kind"), text("actorId", "actor"), text("action"), text("subject")],
  ...[text("before"), text("after"), text("reason"), text("id")],
  // The same in words, as the page has it.
  ...[text("who"), text("did"), text("what"), text("changed")],
];

/** The audit log as CSV: everything that matches the filters of the page. That it was read is itself recorded. */
export async function GET(request: Request): Promise<Response> {
  try {
    await getCtx();
    const input = await readInput(Promise.resolve(Object.fromEntries(new URL(request.url).searchParams)));
    const { filter } = readAuditQuery(input);
    const { refusal } = input.address;
    if (refusal) throw new AppError("invalid", refusal);
    const chunks = csvChunks(COLUMNS, asRows(input, filter));
    return await respondFile(chunks, "csv", `${periodName("audit", input)}.csv`, input.ctx, request, true);
  } catch (error) {
    return respondError(error, processLog());
  }
}

async function* asRows({ ctx, zone }: PageInput, filter: ActFilter): AsyncGenerator<readonly Row[]> {
  for await (const acts of readAudit(ctx, filter)) {
    const names = await loadAuditNames(ctx, acts);
    yield acts.map((act) => ({
      ...act,
      who: actorText(act, names),
      did: ACTION_WORDS.get(act.action) ?? act.action,
      what: subjectText(act.subject, names),
      changed: changesText(act, names, zone),
    }));
  }
}
