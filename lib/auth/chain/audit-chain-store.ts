import { type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { auditChain, auditHead, auditLog } from "@/db/schema/index.ts";
import { hashEntry } from "@/lib/audit-hash.ts";
import type { AuditEntry } from "./audit-entry.ts";

const COLUMNS = columnsOf(auditLog);
const PAGE = 1_000;

/**
 * Waits for others who record an act, on any server, and makes them wait until this transaction ends: what is read after it stays so.
 * A change that is right only together with what others change begins with it.
 */
export async function holdChain(tx: Tx): Promise<void> {
  await tx.run(sql`insert into ${auditHead} (key, sequence, hash) values (1, 0, '') on conflict do nothing`);
  await tx.run(sql`update ${auditHead} set sequence = sequence where key = 1`);
}

/** Appends an entry to the chain, in the transaction that writes it. Writers of other processes wait for each other here. */
export async function appendToChain(tx: Tx, entry: AuditEntry): Promise<void> {
  await tx.run(sql`insert into ${auditHead} (key, sequence, hash) values (1, 0, '') on conflict do nothing`);
  await tx.run(sql`update ${auditHead} set sequence = sequence + 1 where key = 1`);
  const head = (await tx.find<{ sequence: number; hash: string }>(
    sql`select sequence, hash from ${auditHead} where key = 1`,
  )) as { sequence: number; hash: string };
  // Entries of a version without a chain are its first link: from then on they cannot change either.
  const previous = head.sequence === 1 ? await hashUnchained(tx) : head.hash;
  const hash = hashEntry(previous, entry);
  await tx.insert(auditChain, [{ sequence: head.sequence, entryId: entry.id, hash }]);
  await tx.run(sql`update ${auditHead} set hash = ${hash} where key = 1`);
}

/** One hash over all entries that are in no chain, oldest first; empty: no such entries. */
async function hashUnchained(db: Reader): Promise<string> {
  let [hash, last] = ["", { at: -1, id: "" }];
  for (;;) {
    const page: AuditEntry[] = await db.all(sql`select ${COLUMNS} from ${auditLog} a
      where (at > ${last.at} or (at = ${last.at} and id > ${last.id}))
      and not exists (select 1 from ${auditChain} c where c.entry_id = a.id) order by at, id limit ${PAGE}`);
    for (const entry of page) hash = hashEntry(hash, entry);
    const end = page.at(-1);
    if (!end) return hash;
    last = end;
  }
}

type Link = { readonly sequence: number; readonly entryId: string; readonly hash: string };

/**
 * Proves the audit log: every entry is in the chain, as it was written, and none is missing between or at the end.
 * @returns what does not hold, in words; at most twenty.
 */
export async function verifyAuditLog(db: Reader): Promise<string[]> {
  const faults: string[] = [];
  const head = await db.find<{ sequence: number; hash: string }>(
    sql`select sequence, hash from ${auditHead} where key = 1`,
  );
  let [sequence, hash] = [0, await hashUnchained(db)];
  if (!head)
    return (await isUnchained(db))
      ? []
      : ["The end of the audit log's chain is missing: its row in audit_head was deleted."];
  for (;;) {
    const links: Link[] = await db.all(sql`select sequence, entry_id as "entryId", hash from ${auditChain}
      where sequence > ${sequence} order by sequence limit ${PAGE}`);
    if (links.length === 0) break;
    const ends = [links[0]?.sequence ?? 0, links.at(-1)?.sequence ?? 0] as const;
    const entries = new Map(
      (
        await db.all<AuditEntry>(sql`select ${COLUMNS} from ${auditLog} where id in
          (select entry_id from ${auditChain} where sequence between ${ends[0]} and ${ends[1]})`)
      ).map((entry) => [entry.id, entry]),
    );
    for (const link of links) {
      const problem = problemOf(link, sequence + 1, hash, entries.get(link.entryId));
      if (problem) faults.push(problem);
      [sequence, hash] = [link.sequence, link.hash];
    }
  }
  if (head.sequence !== sequence || head.hash !== hash)
    faults.push(`The audit log ends with entry ${sequence}, and had ${head.sequence}: its last entries were removed.`);
  return faults.slice(0, 20);
}

function problemOf(link: Link, expected: number, previous: string, entry: AuditEntry | undefined): string | null {
  if (link.sequence !== expected) return `Entry ${expected} of the audit log is missing from its chain.`;
  if (!entry) return `Entry ${link.sequence} of the audit log, ${link.entryId}, was removed.`;
  return hashEntry(previous, entry) === link.hash
    ? null
    : `Entry ${link.sequence} of the audit log, ${entry.action} of ${entry.subject}, or one before it was changed or added.`;
}

/** Whether the log is of a version that had no chain, and nothing was recorded since. */
async function isUnchained(db: Reader): Promise<boolean> {
  return (await db.find(sql`select 1 as one from ${auditChain} limit 1`)) === undefined;
}
