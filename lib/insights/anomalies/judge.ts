import { z } from "zod";
import { allow, mayDo } from "@/lib/auth/allow.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import { withRolesFor } from "@/lib/auth/viewer-load.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { parseInput } from "@/lib/input.ts";
import { removeFeedback, saveFeedback } from "./feedback-store.ts";
import { findAnomaly } from "./list.ts";
import { type AnomalySettings, anomalySettings } from "./settings.ts";
import { anomalyId, parseAnomalyId, VERDICTS } from "./types.ts";

const judgeInput = z.object({
  anomaly: z.string().min(1),
  verdict: z.enum([...VERDICTS, "open"], { error: `Choose one of ${VERDICTS.join(", ")}.` }),
  note: z.string().trim().max(500, "Write at most 500 characters.").default(""),
});

/**
 * Whether the viewer may say what an anomaly that they see was: by a role that allows it for this very team or project. The person who manages
 * one team and reads another answers for the first.
 */
export async function mayJudge(
  ctx: Ctx,
  name: NonNullable<ReturnType<typeof parseAnomalyId>>,
  settings: AnomalySettings = anomalySettings(),
): Promise<boolean> {
  if (!mayDo(ctx.viewer, "anomalies.judge")) return false;
  const acting = await withRolesFor(ctx, "anomalies.judge");
  return acting === ctx || Boolean(await findAnomaly(acting, name, settings));
}

/**
 * Says what an anomaly was: expected, real or noise; `open` takes back what was said. @throws AppError `forbidden`, `invalid`,
 * `not_found` for what is no anomaly that the viewer may see.
 */
export async function judgeAnomaly(
  ctx: Ctx,
  given: z.input<typeof judgeInput>,
  settings: AnomalySettings = anomalySettings(),
): Promise<void> {
  allow(ctx.viewer, "anomalies.judge");
  const { anomaly: id, verdict, note } = parseInput(judgeInput, given);
  const name = parseAnomalyId(id);
  const found = name && (await findAnomaly(ctx, name, settings));
  if (!found) throw new AppError("not_found", `There is no anomaly "${id.slice(0, 80)}" that you may see.`);
  if (!(await mayJudge(ctx, name, settings)))
    throw new AppError("forbidden", "You may read this anomaly and not say what it was. Ask the manager of the team.");
  const { measure, scope, fromDay, feedback } = found.anomaly;
  const key = { measure, scopeKind: scope.kind, scopeKey: scope.key };
  const day = feedback?.day ?? fromDay;
  await ctx.db.write(async (tx) => {
    if (verdict === "open") await removeFeedback(tx, { ...key, day });
    else await saveFeedback(tx, { ...key, day, verdict, note, givenBy: ctx.viewer.id, givenAt: ctx.now() });
    await recordAct(tx, ctx, {
      action: "anomalies.judge",
      subject: `anomaly/${anomalyId({ ...key, day })}`,
      before: feedback && { verdict: feedback.verdict, note: feedback.note },
      after: verdict === "open" ? null : { verdict, note },
      reason: note,
    });
  });
}
