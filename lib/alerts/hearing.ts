import type { Reader } from "@/db/client.ts";
import type { Instant } from "@/lib/time.ts";
import { findEvent } from "./event-store.ts";
import { findHearer } from "./recipients-load.ts";
import { findRule } from "./rule-store.ts";
import { getRuleKind } from "./rules/index.ts";

/** May the person of an address hear of an event today? Roles are taken away, and people leave, between a message and its sending. */
export async function mayHear(db: Reader, email: string, eventId: string, now: Instant): Promise<boolean> {
  const event = await findEvent(db, eventId);
  const rule = event && (await findRule(db, event.ruleKey));
  if (!rule) return false;
  const { audience } = getRuleKind(rule.kind);
  const { teamKey, step, detail } = event;
  return (await findHearer(db, email, { teamKey, step, audience, owners: detail.owners }, now)) !== null;
}

/** Of some messages, those of events of which the person of an address may hear today. */
export async function heardOf<T extends { readonly eventId: string }>(
  db: Reader,
  email: string,
  messages: readonly T[],
  now: Instant,
): Promise<T[]> {
  const may = new Map<string, boolean>();
  for (const { eventId } of messages) if (!may.has(eventId)) may.set(eventId, await mayHear(db, email, eventId, now));
  return messages.filter(({ eventId }) => may.get(eventId));
}
