import { z } from "zod";
import { findChannel } from "@/lib/alerts/channel-store.ts";
import { PERSONAL_CHANNEL } from "@/lib/alerts/channels/index.ts";
import {
  ANY_KIND,
  findPreference,
  listPreferences,
  type Preference,
  usualPreference,
} from "@/lib/alerts/recipients-load.ts";
import { RULE_KINDS } from "@/lib/alerts/rules/index.ts";
import { SEVERITIES } from "@/lib/alerts/types.ts";
import { ownKey } from "@/lib/auth/allow.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import { hashSecret } from "@/lib/auth/secret.ts";
import { findUser, findUserByEmail } from "@/lib/auth/user-store.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError, fieldError } from "@/lib/errors.ts";
import { parseInput } from "@/lib/input.ts";
import { directOf } from "./place.ts";
import { deletePreference, isUsed, markUsed, savePreference } from "./store.ts";
import { readUnsubscribe, type Unsubscribe } from "./unsubscribe.ts";

const KINDS = [ANY_KIND, ...RULE_KINDS.map((rule) => rule.kind)];

export const preferenceInput = z
  .object({
    kind: z.string().refine((kind) => KINDS.includes(kind), "There is no such kind of alert."),
    mode: z.enum(["now", "daily", "weekly", "off"], { error: "Choose when." }),
    severity: z.enum(SEVERITIES, { error: "Choose a severity." }).default("info"),
    channelKey: z.int("Choose where.").min(0).default(PERSONAL_CHANNEL),
    quietFrom: z.int().min(-1).max(1439).default(-1),
    quietUntil: z.int().min(-1).max(1439).default(-1),
  })
  .refine((p) => p.quietFrom < 0 === p.quietUntil < 0, {
    message: "Quiet hours need a start and an end.",
    path: ["quietUntil"],
  });
export type PreferenceInput = z.input<typeof preferenceInput>;

const subjectOf = (userKey: number): string => `user/${userKey}/alerts`;

/**
 * The person whose preferences are changed: oneself; who sits at the machine may choose for others.
 * @throws AppError `forbidden` for tokens, and for another person; `not_found`.
 */
async function ownerKey({ db, viewer }: Ctx, email: string | undefined): Promise<number> {
  if (email === undefined || viewer.kind !== "local") {
    if (email !== undefined && email !== viewer.id)
      throw new AppError("forbidden", "Everybody chooses for themselves.");
    return ownKey(viewer, "choose which alerts you get");
  }
  const user = await findUserByEmail(db, email.toLowerCase());
  if (!user) throw new AppError("not_found", `There is no person ${email}.`);
  return user.key;
}

/**
 * Chooses which messages about alerts one gets, where and when, for one kind of rule or (`*`) all others.
 * @param email of a person, by who sits at the machine. @throws AppError `invalid`; as ownerKey.
 */
export async function choosePreference(ctx: Ctx, given: PreferenceInput, email?: string): Promise<void> {
  const userKey = await ownerKey(ctx, email);
  const input = parseInput(preferenceInput, given);
  await ctx.db.write(async (tx) => {
    if (input.channelKey !== PERSONAL_CHANNEL && !directOf(await findChannel(tx, input.channelKey)))
      throw fieldError("channelKey", "This channel is not open for people: choose another, or e-mail.");
    const before = await findPreference(tx, userKey, input.kind);
    await savePreference(tx, { userKey, ...input }, ctx.now());
    await recordAct(tx, ctx, { action: "session", subject: subjectOf(userKey), before, after: input, reason: "" });
  });
}

/** One kind is treated as all others again. @throws as choosePreference. */
export async function resetPreference(ctx: Ctx, kind: string, email?: string): Promise<void> {
  const userKey = await ownerKey(ctx, email);
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

/** What a person chose, for all other kinds first. @throws as choosePreference. */
export async function listChosen(ctx: Ctx, email?: string): Promise<Preference[]> {
  const userKey = await ownerKey(ctx, email);
  const chosen = await listPreferences(ctx.db, userKey);
  const others = chosen.find((p) => p.kind === ANY_KIND) ?? usualPreference(userKey);
  return [others, ...chosen.filter((p) => p.kind !== ANY_KIND)];
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
