import { type Reader, sql, type Tx } from "@/db/client.ts";
import { apiTokens } from "@/db/schema/index.ts";
import type { Instant } from "@/lib/time.ts";

export interface ApiToken {
  readonly id: string;
  readonly name: string;
  readonly secretHash: string;
  readonly userKey: number;
  readonly scopes: string;
  readonly teamKeys: string;
  readonly createdAt: Instant;
  readonly createdBy: string;
  readonly expiresAt: Instant;
  readonly lastUsedAt: Instant | null;
  readonly revokedAt: Instant | null;
}

export const tokenState = (
  { revokedAt, expiresAt }: Pick<ApiToken, "revokedAt" | "expiresAt">,
  now: Instant,
): "active" | "expired" | "revoked" => (revokedAt !== null ? "revoked" : expiresAt <= now ? "expired" : "active");

const TOKEN = sql.raw(`id, name, secret_hash as "secretHash", user_key as "userKey", scopes, team_keys as "teamKeys",
  created_at as "createdAt", created_by as "createdBy", expires_at as "expiresAt", last_used_at as "lastUsedAt",
  revoked_at as "revokedAt"`);

/** Tokens of one person, or of everybody, newest first; revoked and expired ones included. */
export function listApiTokens(db: Reader, userKey?: number): Promise<ApiToken[]> {
  const of = userKey === undefined ? sql`` : sql`where user_key = ${userKey}`;
  return db.all(sql`select ${TOKEN} from ${apiTokens} ${of} order by created_at desc, id`);
}

export const findApiToken = (db: Reader, id: string): Promise<ApiToken | undefined> =>
  db.find(sql`select ${TOKEN} from ${apiTokens} where id = ${id}`);

export const insertApiToken = (tx: Tx, token: ApiToken): Promise<void> => tx.insert(apiTokens, [token]);

export async function revokeApiToken(tx: Tx, id: string, now: Instant): Promise<boolean> {
  return (await tx.run(sql`update ${apiTokens} set revoked_at = ${now} where id = ${id} and revoked_at is null`)) > 0;
}

/** Ends every token that holds: of one person, or of everybody. @returns how many. */
export const revokeApiTokensOf = (tx: Tx, userKey: number | "all", now: Instant): Promise<number> =>
  tx.run(sql`update ${apiTokens} set revoked_at = ${now}
    where revoked_at is null ${userKey === "all" ? sql`` : sql`and user_key = ${userKey}`}`);

export async function touchApiToken(tx: Tx, id: string, now: Instant): Promise<void> {
  await tx.run(sql`update ${apiTokens} set last_used_at = ${now} where id = ${id}`);
}
