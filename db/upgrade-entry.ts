import { randomUUID } from "node:crypto";
import { hashEntry } from "@/lib/audit-hash.ts";

type Dialect = "sqlite" | "postgres";
interface Named {
  readonly name: string;
}

interface Head {
  readonly at: number;
  readonly sequence: number | null;
  readonly hash: string | null;
}

const NOW = { sqlite: "cast(strftime('%s', 'now') as integer)", postgres: "cast(extract(epoch from now()) as bigint)" };

/** What to ask a database that has been upgraded, within the transaction, before its entry is written: a row of `Head`. */
export const headQuery = (dialect: Dialect): string =>
  `select ${NOW[dialect]} as "at", (select "sequence" from "audit_head" where "key" = 1) as "sequence",
    (select "hash" from "audit_head" where "key" = 1) as "hash"`;

/**
 * The statements that put an upgrade on record. It has no person: whichever program of the newer version opens the database first upgrades
 * it. Where the audit log has a chain, the entry is its next link; else the first entry that is recorded later begins the chain over it.
 * @param before the newest migration that the database had.
 */
export function upgradeEntry({ at, sequence, hash }: Head, before: Named, after: Named): string[] {
  const entry = {
    ...{ id: randomUUID(), at: Number(at), actorKind: "job", actorId: "upgrade", action: "ledger.migrate" },
    ...{ subject: "ledger", before: nameOf(before), after: nameOf(after), reason: "" },
  };
  const row = `insert into "audit_log" ("id", "at", "actor_kind", "actor_id", "action", "subject", "before", "after", "reason")
    values ('${entry.id}', ${entry.at}, 'job', 'upgrade', 'ledger.migrate', 'ledger', '${entry.before}', '${entry.after}', '')`;
  if (sequence === null || hash === null) return [row];
  const [next, link] = [Number(sequence) + 1, hashEntry(hash, entry)];
  return [
    row,
    `insert into "audit_chain" ("sequence", "entry_id", "hash") values (${next}, '${entry.id}', '${link}')`,
    `update "audit_head" set "sequence" = ${next}, "hash" = '${link}' where "key" = 1`,
  ];
}

/** Names of migrations are those of their files: letters, digits, hyphens and underscores. */
const nameOf = ({ name }: Named): string => JSON.stringify({ migration: name });
