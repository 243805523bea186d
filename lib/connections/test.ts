import { allow } from "@/lib/auth/allow.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import type { Ctx } from "@/lib/ctx.ts";
import type { Env } from "@/lib/env.ts";
import { errorText } from "@/lib/errors.ts";
import type { SecretKeys } from "@/lib/secrets/index.ts";
import type { ConnectionReport } from "@/lib/sources/connection-form.ts";
import { getConnectionKind, openConnection } from "@/lib/sources/index.ts";
import { getConnection } from "./change.ts";
import { enteredOf } from "./open.ts";

/**
 * Asks a stored connection, paused or not, whether it answers: its version, or one sentence on what to do. @throws AppError `forbidden`,
 * `not_found`.
 */
export async function testStored(ctx: Ctx, env: Env, keys: SecretKeys, key: number): Promise<ConnectionReport> {
  allow(ctx.viewer, "connections.test");
  const row = await getConnection(ctx.db, key);
  const report = await reportOf(ctx, env, keys, row);
  await ctx.db.write((tx) =>
    recordAct(tx, ctx, {
      ...{ action: "connections.test", subject: `connection/${row.name}`, reason: "" },
      ...{ before: null, after: { ok: report.ok } },
    }),
  );
  return report;
}

async function reportOf(
  ctx: Ctx,
  env: Env,
  keys: SecretKeys,
  row: Awaited<ReturnType<typeof getConnection>>,
): Promise<ConnectionReport> {
  const { name, title } = row;
  try {
    const kind = getConnectionKind(row.kind);
    const source = openConnection(kind, { name, title }, await enteredOf(ctx.db, keys, row), env, ctx.log);
    try {
      return { ...(await source.connection()), source: name };
    } finally {
      await source.close();
    }
  } catch (error) {
    return { source: name, url: "", ok: false, version: null, message: errorText(error), latencyMs: null };
  }
}
