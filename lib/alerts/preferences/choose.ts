import { z } from "zod";
import { ANY_KIND, findPreference } from "@/lib/alerts/recipients-load.ts";
import { RULE_KINDS } from "@/lib/alerts/rules/index.ts";
import { SEVERITIES } from "@/lib/alerts/types.ts";
import { ownKey } from "@/lib/auth/allow.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import { hashSecret } from "@/lib/auth/secret.ts";
import { findUser } from "@/lib/auth/user-store.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { parseInput } from "@/lib/input.ts";
import { deletePreference, isUsed, markUsed, savePreference } from "./store.ts";
import { readUnsubscribe, type Unsubscribe } from "./unsubscribe.ts";

const KINDS = [ANY_KIND, ...RULE_KINDS.map((rule) => rule.kind)];

export const preferenceInput = z
  .object({
    kind: z.string().refine((kind) => KINDS.includes(kind), "There is no such kind of alert."),
    mode: z.enum(["now", "daily", "weekly", "off"], { error: "Choose when." }),
    severity: z.enum(SEVERITIES, { error: "Choose a severity." }).default("info"),
    quietFrom: z.int().min(-1).max(1439).default(-1),
    quietUntil: z.int().min(-1).max(1439).default(-1),
  })
  .refine((p) => p.quietFrom < 0 === p.quietUntil < 0, {
    message: "Quiet hours need a start and an end.",
    path: ["quietUntil"],
  });
export type PreferenceInput = z.input<typeof preferenceInput>;

const subjectOf = (userKey: number): string => `user/${userKey}/alerts`;

/** @throws AppError `forbidden` for the machine and for tokens. */
const ownKeyOf = ({ viewer }: Ctx): number => ownKey(viewer, "choose which alerts you get");

/** Chooses which e-mails about alerts one gets oneself, for one kind of rule or (`*`) all others. @throws AppError `invalid`. */
export async function choosePreference(ctx: Ctx, given: PreferenceInput): Promise<void> {
  const userKey = ownKeyOf(ctx);
  const input = parseInput(preferenceInput, given);
  await ctx.db.write(async (tx) => {
    const before = await findPreference(tx, userKey, input.kind);
    await savePreference(tx, { userKey, ...input }, ctx.now());
    await recordAct(tx, ctx, { action: "session", subject: subjectOf(userKey), before, after: input, reason: "" });
  });
}

/** One kind is treated as all others again. */
export async function resetPreference(ctx: Ctx, kind: string): Promise<void> {
  const userKey = ownKeyOf(ctx);
  await ctx.db.write(async (tx) => {
    if (await deletePreference(tx, userKey, kind))
      await recordAct(tx, ctx, {
        action: "session",
        subject: subjectOf(userKey),
        before: { kind },
        after: null,
        reason: "",
      });
  });
}

/** What a link of an e-mail would end, and whether it was used; null: it is not one of ours. Looking uses nothing. */
export async function findUnsubscribe(
  { db }: Pick<Ctx, "db">,
  secrets: readonly string[],
  token: string,
): Promise<(Unsubscribe & { readonly title: string; readonly used: boolean }) | null> {
  const found = readUnsubscribe(secrets, token);
  if (!found) return null;
  const title = RULE_KINDS.find((rule) => rule.kind === found.kind)?.title ?? found.kind;
  return { ...found, title, used: await isUsed(db, hashSecret(token)) };
}

/**
 * Ends the e-mails of one kind for the person whom a link was sent to: signed in or not. A second use changes nothing, so that somebody
 * who subscribes again is not unsubscribed by an old mail. @throws AppError `not_found` for a link that is not ours.
 */
export async function unsubscribe(
  ctx: Pick<Ctx, "db" | "now">,
  secrets: readonly string[],
  token: string,
): Promise<void> {
  const found = readUnsubscribe(secrets, token);
  const user = found && (await findUser(ctx.db, found.userKey));
  if (!found || !user)
    throw new AppError("not_found", "This link is not valid. Sign in and change your preferences instead.");
  const hash = hashSecret(token);
  await ctx.db.write(async (tx) => {
    if (await isUsed(tx, hash)) return;
    const before = await findPreference(tx, found.userKey, found.kind);
    await markUsed(tx, hash, found.userKey, found.kind, ctx.now());
    await savePreference(tx, { ...before, userKey: found.userKey, kind: found.kind, mode: "off" }, ctx.now());
    const viewer = { kind: "person" as const, id: user.email, roles: [], projects: [] };
    const act = {
      action: "session",
      subject: subjectOf(user.key),
      before,
      after: { unsubscribed: found.kind },
      reason: "link",
    } as const;
    await recordAct(tx, { viewer, now: ctx.now }, act);
  });
}
