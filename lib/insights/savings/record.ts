import { randomUUID } from "node:crypto";
import { z } from "zod";
import { allow } from "@/lib/auth/allow.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import { withRolesFor } from "@/lib/auth/viewer-load.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { parseInput } from "@/lib/input.ts";
import { KINDS } from "@/lib/insights/rightsizing/types.ts";
import { addDays, dateOf, dayKey } from "@/lib/time.ts";
import { findSubjects, insertAction, listActions, loadSubjects, type Subject, withdrawAction } from "./store.ts";

const recordInput = z.object({
  kind: z.enum([...KINDS, "other"], { error: `Choose a kind: ${[...KINDS, "other"].join(", ")}.` }),
  subjectKind: z.enum(["workload", "project"]),
  subject: z.string().trim().min(1, "Name a workload by its id, or a project as cluster/project."),
  /** Day key on which it was done. */
  actedDay: z.number().int(),
  /** Days after it for which savings count. */
  days: z
    .number()
    .int()
    .min(1, "Count at least one day.")
    .max(90, "Count at most 90 days: later, other things changed.")
    .default(30),
  note: z.string().trim().max(500, "Write at most 500 characters.").default(""),
});

/** Records what was done to save; what it saved is measured. @returns its id. @throws AppError `forbidden`, `invalid`, `not_found`, `conflict`. */
export async function recordSaving(ctx: Ctx, given: z.input<typeof recordInput>): Promise<string> {
  allow(ctx.viewer, "savings.record");
  const { subjectKind, subject: wanted, days, ...input } = parseInput(recordInput, given);
  const today = dayKey(dateOf(ctx.now(), ctx.ledger.zone));
  if (input.actedDay > today) throw new AppError("invalid", "Choose a day that has begun.");
  const subject = await needSubject(ctx, subjectKind, wanted);
  const id = randomUUID().slice(0, 8);
  const action = {
    ...{ ...input, id, subjectKind, subjectKey: subject.key, expiresDay: addDays(input.actedDay, days + 1) },
    ...{ recordedBy: ctx.viewer.id, recordedAt: ctx.now(), withdrawnAt: null },
  };
  await ctx.db.write(async (tx) => {
    // What is done on one day to one thing saves once.
    const same = (await listActions(tx)).find(
      (a) => a.subjectKind === subjectKind && a.subjectKey === subject.key && a.actedDay === input.actedDay,
    );
    if (same)
      throw new AppError(
        "conflict",
        `What was done to "${subject.name}" on this day is recorded as saving ${same.id}: withdraw that first, or choose another day.`,
      );
    await insertAction(tx, action);
    await recordAct(tx, ctx, {
      ...{ action: "savings.record", subject: `saving/${id}`, before: null, after: action, reason: input.note },
    });
  });
  return id;
}

/**
 * What a text names within the projects that the viewer may record savings of.
 * @throws AppError `not_found`; `conflict` naming the projects if several have this name.
 */
async function needSubject(ctx: Ctx, kind: "workload" | "project", wanted: string): Promise<Subject> {
  const { projects } = (await withRolesFor(ctx, "savings.record")).viewer;
  const found = await findSubjects(ctx.db, kind, wanted);
  const [first, ...others] = found.filter((s) => projects === "all" || projects.includes(s.project));
  const text = wanted.slice(0, 80);
  if (!first) throw new AppError("not_found", `There is no ${kind} "${text}" that you may see.`);
  if (!others.length) return first;
  const places = [first, ...others].map((s) => s.project).join(", ");
  throw new AppError(
    "conflict",
    kind === "project"
      ? `Several projects are called "${text}". Give one of: ${places}.`
      : `Several workloads have the id "${text}", in the projects ${places}: record it for one of the projects.`,
  );
}

/** Takes a record back. @throws AppError `forbidden`, `not_found`. */
export async function withdrawSaving(ctx: Ctx, id: string): Promise<void> {
  allow(ctx.viewer, "savings.record");
  const action = (await listActions(ctx.db)).find((a) => a.id === id);
  const subject = action && (await loadSubjects(ctx.db, [action])).get(`${action.subjectKind}/${action.subjectKey}`);
  const own = ctx.viewer.projects === "all" || action?.recordedBy === ctx.viewer.id;
  if (!action || !subject || !own) throw new AppError("not_found", `There is no saving "${id.slice(0, 20)}" of yours.`);
  await ctx.db.write(async (tx) => {
    await withdrawAction(tx, id, ctx.now());
    await recordAct(tx, ctx, {
      ...{ action: "savings.record", subject: `saving/${id}`, before: action, after: null, reason: "" },
    });
  });
}
