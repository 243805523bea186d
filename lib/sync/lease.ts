import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { type Db, type Reader, sql } from "@/db/client";
import { leases } from "@/db/schema";
import type { Instant } from "@/lib/time";

/** This process, as leases name it. */
export const OWNER = `${hostname()}/${process.pid}/${randomUUID().slice(0, 8)}`;

/** How long a claim holds without being renewed. */
export const LEASE_SECONDS = 120;

/** False when the owner was a process of this machine that is gone: its claims are free at once, not when they run out. */
export function mayBeAlive(owner: string): boolean {
  const [host, pid] = owner.split("/");
  if (host !== hostname()) return true;
  if (owner === OWNER) return true;
  if (Number(pid) === process.pid) return false;
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === "EPERM";
  }
}

/** Takes a named lease, or renews it. False when another live process holds it. */
export async function takeLease(db: Db, name: string, now: Instant): Promise<boolean> {
  return db.write(async (tx) => {
    const held = await tx.find<{ owner: string; untilAt: number }>(
      sql`select owner, until_at as "untilAt" from ${leases} where name = ${name}`,
    );
    if (held && held.owner !== OWNER && held.untilAt > now && mayBeAlive(held.owner)) return false;
    await tx.insert(leases, [{ name, owner: OWNER, untilAt: now + LEASE_SECONDS }], {
      target: [leases.name],
      update: "all",
    });
    return true;
  });
}

/** Does another live process hold the lease? */
export async function isLeased(db: Reader, name: string, now: Instant): Promise<boolean> {
  const held = await db.find<{ owner: string; untilAt: number }>(
    sql`select owner, until_at as "untilAt" from ${leases} where name = ${name}`,
  );
  return held !== undefined && held.owner !== OWNER && held.untilAt > now && mayBeAlive(held.owner);
}

export async function releaseLease(db: Db, name: string): Promise<void> {
  await db.write((tx) => tx.run(sql`delete from ${leases} where name = ${name} and owner = ${OWNER}`));
}

/**
 * Runs `body` while holding a lease, renewing it; null when another live process holds it.
 */
export async function withLease<T>(
  db: Db,
  name: string,
  now: () => Instant,
  body: () => Promise<T>,
): Promise<T | null> {
  if (!(await takeLease(db, name, now()))) return null;
  const renewal = setInterval(() => void takeLease(db, name, now()).catch(() => undefined), (LEASE_SECONDS * 1000) / 4);
  try {
    return await body();
  } finally {
    clearInterval(renewal);
    await releaseLease(db, name);
  }
}
