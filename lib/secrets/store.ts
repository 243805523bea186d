import { type Reader, sql, type Tx } from "@/db/client.ts";
import { storedSecrets } from "@/db/schema/index.ts";
import type { SecretFacts, SecretRef } from "./types.ts";

export interface SecretRow extends SecretFacts {
  readonly envelope: string;
}

const SECRET = sql.raw(
  `owner as "of", field, envelope, key_id as "keyId", changed_at as "changedAt", changed_by as "changedBy"`,
);

export const findRow = (db: Reader, { of, field }: SecretRef): Promise<SecretRow | undefined> =>
  db.find(sql`select ${SECRET} from ${storedSecrets} where owner = ${of} and field = ${field}`);

/** All, or those of one owner, by owner and field. */
export function listRows(db: Reader, of?: string): Promise<SecretRow[]> {
  const which = of === undefined ? sql`` : sql`where owner = ${of}`;
  return db.all(sql`select ${SECRET} from ${storedSecrets} ${which} order by owner, field`);
}

export async function saveRow(tx: Tx, { of, ...row }: SecretRow): Promise<void> {
  const target = [storedSecrets.owner, storedSecrets.field];
  await tx.insert(storedSecrets, [{ owner: of, ...row }], { target, update: "all" });
}

/** @returns whether there was one. */
export async function deleteRow(tx: Tx, { of, field }: SecretRef): Promise<boolean> {
  return (await tx.run(sql`delete from ${storedSecrets} where owner = ${of} and field = ${field}`)) > 0;
}
