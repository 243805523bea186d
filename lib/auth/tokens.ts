import { z } from "zod";
import type { Ctx, Viewer } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { parseInput } from "@/lib/input.ts";
import type { Instant } from "@/lib/time.ts";
import { allow, mayDo } from "./allow.ts";
import { recordAct } from "./audit-store.ts";
import { heldSince } from "./groups/group-terms.ts";
import { ACTIONS, type Action, permissionOf } from "./permissions.ts";
import { hashSecret, randomSecret, sameHash } from "./secret.ts";
import type { Door } from "./sign-in.ts";
import {
  type ApiToken,
  findApiToken,
  insertApiToken,
  listApiTokens,
  revokeApiToken,
  tokenState,
  touchApiToken,
} from "./token-store.ts";
import { type Grant, TOKEN_SCOPES, type TokenScope } from "./types.ts";
import { loadViewer, viewerOf } from "./viewer-load.ts";
import { visibleTeams } from "./visible-teams.ts";

const DAY_SECONDS = 86_400;
const LONGEST_DAYS = 366;
/** `gl_<id>_<secret>`: the prefix lets scanners find one that leaked. */
const SHAPE = /^gl_([a-z0-9]{12})_([A-Za-z0-9_-]{43})$/;

export const newTokenSchema = z.object({
  name: z
    .string()
    .trim()
    .min(1, "Give the token a name: what uses it?")
    .max(100, "A name has at most 100 characters.")
    .regex(/^\P{Cc}*$/u, "A name holds no line breaks or other control characters."),
  scopes: z
    .array(z.enum(TOKEN_SCOPES, { error: `A scope is one of ${TOKEN_SCOPES.join(", ")}.` }))
    .min(1, "Give at least one scope."),
  teamKeys: z.array(z.number().int().positive()).max(100).default([]),
  days: z
    .number()
    .int()
    .min(1, "A token holds for at least a day.")
    .max(LONGEST_DAYS, `A token holds for at most ${LONGEST_DAYS} days.`)
    .default(90),
});

export type TokenRow = Omit<ApiToken, "secretHash">;
const shown = ({ secretHash: _, ...token }: ApiToken): TokenRow => token;

/**
 * Creates a token of the viewer: it never does more than they may. @returns the token, shown this once: only a hash is stored.
 * @param ownerKey the person whom it is for; the viewer where absent.
 * @throws AppError `forbidden`; `invalid`; `conflict` for a disabled person; `not_found` for a team that its owner may not see.
 */
export async function createToken(
  ctx: Ctx,
  given: z.input<typeof newTokenSchema>,
  ownerKey?: number,
): Promise<{ token: string; row: TokenRow }> {
  allow(ctx.viewer, ownerKey === undefined ? "tokens.own" : "tokens.manage");
  const input = parseInput(newTokenSchema, given);
  const owner = ownerKey === undefined ? ctx.viewer : await loadViewer(ctx.db, ownerKey);
  if (!owner) throw new AppError("conflict", "The person is disabled, and can have no token.");
  const mine = visibleTeams(owner);
  const useless = input.scopes.find((scope) => !usableScopes(owner).includes(scope));
  if (useless !== undefined)
    throw new AppError(
      "invalid",
      `A token with the scope ${useless} could do nothing: the roles of its owner do not allow it.`,
    );
  const foreign = input.teamKeys.find((key) => mine !== "all" && !mine.includes(key));
  if (foreign !== undefined) throw new AppError("not_found", "The owner of the token may not see one of these teams.");
  const id = randomSecret(16)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "")
    .padEnd(12, "0")
    .slice(0, 12);
  const secret = randomSecret(32);
  const row: ApiToken = {
    ...{ id, name: input.name, secretHash: hashSecret(secret), userKey: owner.userKey ?? 0 },
    ...{ scopes: [...new Set(input.scopes)].join(" "), teamKeys: [...new Set(input.teamKeys)].join(" ") },
    ...{ createdAt: ctx.now(), createdBy: ctx.viewer.id, expiresAt: ctx.now() + input.days * DAY_SECONDS },
    ...{ lastUsedAt: null, revokedAt: null },
  };
  await ctx.db.write(async (tx) => {
    await insertApiToken(tx, row);
    await recordAct(tx, ctx, {
      action: "tokens.own",
      subject: `token/${id}`,
      before: null,
      after: shown(row),
      reason: "",
    });
  });
  return { token: `gl_${id}_${secret}`, row: shown(row) };
}

/** Scopes with which a token of somebody could do anything. */
export const usableScopes = (owner: Viewer): readonly TokenScope[] =>
  TOKEN_SCOPES.filter((scope) =>
    (Object.keys(ACTIONS) as Action[]).some((act) => permissionOf(act).scope === scope && mayDo(owner, act)),
  );

/** The viewer's own tokens; with `all`, everybody's. @throws AppError `forbidden`. */
export async function listTokens(ctx: Ctx, all = false): Promise<TokenRow[]> {
  if (all) allow(ctx.viewer, "tokens.manage");
  return (await listApiTokens(ctx.db, all ? undefined : (ctx.viewer.userKey ?? 0))).map(shown);
}

/** Ends a token at once: one's own, or with the right anybody's. @throws AppError `not_found`; `conflict` where it has ended. */
export async function revokeToken(ctx: Ctx, id: string, reason = ""): Promise<void> {
  await ctx.db.write(async (tx) => {
    const token = await findApiToken(tx, id);
    const own = token !== undefined && token.userKey === (ctx.viewer.userKey ?? 0) && mayDo(ctx.viewer, "tokens.own");
    if (!token || (!own && !mayDo(ctx.viewer, "tokens.manage")))
      throw new AppError("not_found", `There is no token ${id.slice(0, 40)} that you may revoke.`);
    if (!(await revokeApiToken(tx, id, ctx.now())))
      throw new AppError("conflict", `The token ${token.name} was revoked already.`);
    await recordAct(tx, ctx, {
      action: own ? "tokens.own" : "tokens.manage",
      subject: `token/${id}`,
      before: { name: token.name },
      after: { revoked: true },
      reason,
    });
  });
}

/** Use is written at most once a minute, and on record once in each hour of the clock. */
const TOUCH_SECONDS = 60;
const RECORD_SECONDS = 3600;
const hourOf = (at: Instant): number => Math.floor(at / RECORD_SECONDS);

/**
 * Who a token stands for: its person with their present roles, narrowed to its scopes and teams.
 * @throws AppError `unauthenticated` for anything but a token that holds, in the same words.
 */
export async function findTokenViewer(door: Door, text: string): Promise<Viewer> {
  const [, id = "", secret = ""] = SHAPE.exec(text) ?? [];
  const token = id ? await findApiToken(door.db, id) : undefined;
  const now = door.now();
  const holds = token && tokenState(token, now) === "active" && sameHash(token.secretHash, hashSecret(secret));
  const viewer = holds ? await viewerOfToken(door, token) : null;
  if (!token || !viewer)
    throw new AppError("unauthenticated", "The token is not valid: it is unknown, expired or revoked.");
  if (token.lastUsedAt === null || now - token.lastUsedAt >= TOUCH_SECONDS)
    await door.db.write(async (tx) => {
      await touchApiToken(tx, id, now);
      if (token.lastUsedAt === null || hourOf(token.lastUsedAt) !== hourOf(now))
        await recordAct(
          tx,
          { viewer, now: door.now },
          { action: "session", subject: `token/${id}`, before: null, after: { act: "token used" }, reason: "" },
        );
    });
  return viewer;
}

async function viewerOfToken({ db, now }: Door, token: ApiToken): Promise<Viewer | null> {
  const only = token.teamKeys ? token.teamKeys.split(" ").map(Number) : undefined;
  const person: Omit<Viewer, "kind" | "id"> | null = token.userKey
    ? await loadViewer(db, token.userKey, { groupsSince: heldSince(now()), ...(only ? { only } : {}) })
    : await viewerOf(db, only ? only.map(managerOf) : [{ role: "admin", teamKey: 0, projectKey: 0 }]);
  if (!person) return null;
  const base: Viewer = { ...person, kind: "token", id: `token/${token.id}`, scopes: token.scopes.split(" ") };
  return only ? { ...base, submitters: [] } : base;
}

const managerOf = (teamKey: number): Grant => ({ role: "manager", teamKey, projectKey: 0 });
