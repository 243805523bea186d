import { z } from "zod";
import { allow } from "@/lib/auth/allow.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { parseInput } from "@/lib/input.ts";
import { parseInstant } from "@/lib/time.ts";
import { pruneReceived, saveReceived } from "./store.ts";

/** Longer texts are cut, for one of them must not cost all alerts of a message. */
const texts = z
  .record(z.string(), z.string())
  .default({})
  .transform((given) =>
    Object.fromEntries(Object.entries(given).map(([name, text]) => [name.slice(0, 200), text.slice(0, 4000)])),
  );
const instant = z.string().transform((text, issues) => {
  const at = parseInstant(text);
  if (at === null) issues.addIssue({ code: "custom", message: `"${text.slice(0, 50)}" is not an instant.` });
  return at ?? 0;
});

/** The webhook of Alertmanager, version 4. Fields that newer versions add are ignored. */
export const webhookSchema = z.looseObject({
  version: z.literal("4", { error: "Expected a webhook of Alertmanager, version 4." }),
  alerts: z.array(z.unknown()).max(5000),
});
/** One alert of it. */
export const alertSchema = z.looseObject({
  status: z.enum(["firing", "resolved"]),
  labels: texts,
  annotations: texts,
  startsAt: instant,
  endsAt: instant.optional(),
  fingerprint: z.string().min(1).max(100),
});

/** Alerts of our own come back from the Alertmanager that they were sent to. */
const OWN_LABEL = "ledger_alert";
const KEEP_SECONDS = 30 * 86_400;

/**
 * Records what an Alertmanager sends; rules of the kind "Alertmanager alert" notify it. The same again changes nothing, and an older state
 * never replaces a resolved one. @returns how many alerts are new or changed. @throws AppError `forbidden`, `invalid`.
 */
export async function receiveAlerts(ctx: Ctx, given: unknown): Promise<number> {
  allow(ctx.viewer, "alerts.receive");
  const { alerts } = parseInput(webhookSchema, given);
  const read = alerts.map((alert) => alertSchema.safeParse(alert));
  const refused = read.find((result) => !result.success);
  // One that cannot be read does not cost the others; a message of which none can be read is not one.
  if (refused && !read.some((result) => result.success)) parseInput(alertSchema, alerts[read.indexOf(refused)]);
  if (refused)
    ctx.log.warn({ problem: refused.error.message.slice(0, 500) }, "an alert of Alertmanager was not understood");
  const rows = read
    .flatMap(({ data }) => data ?? [])
    .filter(({ labels }) => labels[OWN_LABEL] === undefined)
    .map(({ fingerprint, status, labels, annotations, startsAt, endsAt }) => ({
      ...{ fingerprint, status, startsAt, endsAt: status === "resolved" ? (endsAt ?? ctx.now()) : null },
      ...{ labels: JSON.stringify(labels), annotations: JSON.stringify(annotations), receivedAt: ctx.now() },
    }));
  return ctx.db.write(async (tx) => {
    await pruneReceived(tx, ctx.now() - KEEP_SECONDS);
    return saveReceived(tx, rows);
  });
}
