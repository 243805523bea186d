import { randomUUID } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { threadId } from "node:worker_threads";
import { type Db, type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { leases } from "@/db/schema/index.ts";
import type { Instant } from "@/lib/time.ts";

/** How long a claim lasts without being renewed, in seconds. */
export const LEASE_SECONDS = 120;
/** How often it is renewed, in milliseconds. */
export const RENEW_MS = (LEASE_SECONDS * 1000) / 4;

/** Process ids are unique only within one namespace: two containers may share a host name and both be process 1. */
function processSpace(): string {
  try {
    return readlinkSync("/proc/self/ns/pid").replace(/\D/g, "");
  } catch {
    return "";
  }
}

/** When this process began, in ticks since the machine did: the same in all of its threads. Empty where the system does not say. */
function processStart(): string {
  try {
    // The name of the program, in brackets, may hold spaces.
    return readFileSync("/proc/self/stat", "latin1").replace(/^.*\)/s, "").trim().split(" ")[19] ?? "";
  } catch {
    return "";
  }
}

const SPACE = processSpace();
const START = processStart();

/** `host/process/unique.namespace.start.thread`: how owners of a thread of this process begin. */
export const ownersOf = (thread: number): string =>
  `${hostname()}/${process.pid}/${randomUUID().slice(0, 8)}.${SPACE}.${START}.${thread}`;
const PROCESS = ownersOf(threadId);

const working = new Set<string>();
let started = 0;

/**
 * A name for one piece of work of this process, under which it takes leases and claims windows. Each call returns
 * another.
 */
export function startOwner(): string {
  const owner = `${PROCESS}/${++started}`;
  working.add(owner);
  return owner;
}

/** Ends a piece of work: its leases and claims are free at once. */
export function endOwner(owner: string): void {
  working.delete(owner);
}

/**
 * False if the owner was a process of this machine, or a thread of this one, that has ended: its claims are free at once, before
 * they expire. What another thread of this process holds is its own: the pages see what the scheduled work does.
 * @param here the thread that asks.
 */
export function mayBeAlive(owner: string, here = threadId): boolean {
  const [host, pid, id = ""] = owner.split("/");
  if (host !== hostname()) return true;
  if (owner.startsWith(`${PROCESS}/`)) return working.has(owner);
  const [, space, start, thread] = id.split(".");
  if (space !== SPACE) return true;
  // The same process id, but an earlier process, as after the restart of a container; or a thread that this one replaces.
  if (Number(pid) === process.pid) return start === START && START !== "" && !isReplaced(Number(thread), here);
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === "EPERM";
  }
}

/** A thread for scheduled work is started where the one before it has ended; the first thread of a process is never replaced. */
const isReplaced = (thread: number, here: number): boolean => thread > 0 && thread < here;

interface Held {
  readonly owner: string;
  readonly untilAt: Instant;
}

const isHeld = (held: Held | undefined, now: Instant): held is Held =>
  held !== undefined && held.untilAt > now && mayBeAlive(held.owner);

/**
 * Takes or renews a named lease.
 * @returns false when another live owner holds it.
 */
export async function takeLease(db: Db, name: string, owner: string, now: Instant): Promise<boolean> {
  return db.write((tx) => holdLease(tx, name, owner, now));
}

/** `takeLease` within a transaction. */
export async function holdLease(tx: Tx, name: string, owner: string, now: Instant): Promise<boolean> {
  const held = await findLease(tx, name);
  if (isHeld(held, now) && held.owner !== owner) return false;
  await tx.insert(leases, [{ name, owner, untilAt: now + LEASE_SECONDS }], { target: [leases.name], update: "all" });
  return true;
}

function findLease(db: Reader, name: string): Promise<Held | undefined> {
  return db.find(sql`select ${columnsOf(leases, ["owner", "untilAt"])} from ${leases} where name = ${name}`);
}

/** Whether a live owner holds the lease. */
export async function isLeased(db: Reader, name: string, now: Instant): Promise<boolean> {
  return isHeld(await findLease(db, name), now);
}

/** Names of the leases that live owners hold and that begin with `prefix`. */
export async function listLeases(db: Reader, prefix: string, now: Instant): Promise<string[]> {
  const rows = await db.all<Held & { name: string }>(
    sql`select ${columnsOf(leases)} from ${leases} where name like ${`${prefix}%`} order by name`,
  );
  return rows.filter((r) => isHeld(r, now)).map((r) => r.name);
}

export async function releaseLease(db: Db, name: string, owner: string): Promise<void> {
  await db.write((tx) => tx.run(sql`delete from ${leases} where name = ${name} and owner = ${owner}`));
}

/**
 * Calls `renew` often enough that no lease expires.
 * @returns a function that stops it.
 */
export function keepRenewing(renew: () => Promise<unknown>): () => void {
  // A failed renewal is retried before the lease expires.
  const timer = setInterval(() => void renew().catch(() => undefined), RENEW_MS);
  return () => clearInterval(timer);
}

/** Runs `body` while holding a lease and renewing it; null when another live owner holds it. */
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
      // If this fails, the lease is free too: its owner is known to have ended.
      await releaseLease(db, name, owner).catch(() => undefined);
    }
  } finally {
    endOwner(owner);
  }
}
