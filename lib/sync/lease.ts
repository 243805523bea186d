import { randomUUID } from "node:crypto";
import { readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { type Db, type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { leases } from "@/db/schema/index.ts";
import type { Instant } from "@/lib/time.ts";

/** How long a claim holds without being renewed. */
export const LEASE_SECONDS = 120;
/** How often it is renewed, in milliseconds. */
export const RENEW_MS = (LEASE_SECONDS * 1000) / 4;

/** Process numbers mean something only within one namespace: two containers may share a host name and both be number 1. */
function processSpace(): string {
  try {
    return readlinkSync("/proc/self/ns/pid").replace(/\D/g, "");
  } catch {
    return "";
  }
}

const SPACE = processSpace();
/** `host/process/unique.namespace` */
const PROCESS = `${hostname()}/${process.pid}/${randomUUID().slice(0, 8)}.${SPACE}`;

const working = new Set<string>();
let started = 0;

/** A name for one piece of work of this process, under which it takes leases and claims windows: two at once are told apart. */
export function startOwner(): string {
  const owner = `${PROCESS}/${++started}`;
  working.add(owner);
  return owner;
}

/** The work has ended, however it did: what it still holds is free. */
export function endOwner(owner: string): void {
  working.delete(owner);
}

/** False when the owner was work of this machine that is gone: its claims are free at once, not when they run out. */
export function mayBeAlive(owner: string): boolean {
  const [host, pid, id = ""] = owner.split("/");
  if (host !== hostname()) return true;
  if (owner.startsWith(`${PROCESS}/`)) return working.has(owner);
  if (id.split(".")[1] !== SPACE) return true;
  // Another life of this process number: a restarted container, or a thread that was started again.
  if (Number(pid) === process.pid) return false;
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === "EPERM";
  }
}

interface Held {
  readonly owner: string;
  readonly untilAt: Instant;
}

const isHeld = (held: Held | undefined, now: Instant): held is Held =>
  held !== undefined && held.untilAt > now && mayBeAlive(held.owner);

/** Takes a named lease, or renews it. False when other live work holds it. */
export async function takeLease(db: Db, name: string, owner: string, now: Instant): Promise<boolean> {
  return db.write((tx) => holdLease(tx, name, owner, now));
}

/** As `takeLease`, within a transaction. */
export async function holdLease(tx: Tx, name: string, owner: string, now: Instant): Promise<boolean> {
  const held = await findLease(tx, name);
  if (isHeld(held, now) && held.owner !== owner) return false;
  await tx.insert(leases, [{ name, owner, untilAt: now + LEASE_SECONDS }], { target: [leases.name], update: "all" });
  return true;
}

function findLease(db: Reader, name: string): Promise<Held | undefined> {
  return db.find(sql`select ${columnsOf(leases, ["owner", "untilAt"])} from ${leases} where name = ${name}`);
}

/** Does live work hold the lease? */
export async function isLeased(db: Reader, name: string, now: Instant): Promise<boolean> {
  return isHeld(await findLease(db, name), now);
}

/** Names of the leases that live work holds, of those that begin with `prefix`. */
export async function listLeases(db: Reader, prefix: string, now: Instant): Promise<string[]> {
  const rows = await db.all<Held & { name: string }>(
    sql`select ${columnsOf(leases)} from ${leases} where name like ${`${prefix}%`} order by name`,
  );
  return rows.filter((r) => isHeld(r, now)).map((r) => r.name);
}

export async function releaseLease(db: Db, name: string, owner: string): Promise<void> {
  await db.write((tx) => tx.run(sql`delete from ${leases} where name = ${name} and owner = ${owner}`));
}

/** Calls `renew` often enough that nothing it renews runs out. @returns how to stop it. */
export function keepRenewing(renew: () => Promise<unknown>): () => void {
  // A renewal that fails is tried again before the lease runs out.
  const timer = setInterval(() => void renew().catch(() => undefined), RENEW_MS);
  return () => clearInterval(timer);
}

/**
 * Runs `body` while holding a lease, renewing it; null when other live work holds it.
 */
export async function withLease<T>(
  db: Db,
  name: string,
  now: () => Instant,
  body: (owner: string) => Promise<T>,
): Promise<T | null> {
  const owner = startOwner();
  try {
    if (!(await takeLease(db, name, owner, now()))) return null;
    const stop = keepRenewing(() => takeLease(db, name, owner, now()));
    try {
      return await body(owner);
    } finally {
      stop();
      // Without it the lease is free all the same: its owner is known to have ended.
      await releaseLease(db, name, owner).catch(() => undefined);
    }
  } finally {
    endOwner(owner);
  }
}
