import type { StoredGrant, User } from "@/lib/auth/user-store.ts";
import type { Instant } from "@/lib/time.ts";

const DAY_SECONDS = 86_400;

/** What a provider's groups give counts without a session of the provider's for as long after it last vouched for the person. */
const HOLD_SECONDS = 7 * DAY_SECONDS;

/** Roles by groups count without a session of the provider where it vouched for the person then or later. */
export const heldSince = (now: Instant): Instant => now - HOLD_SECONDS;

/** Alerts reach people who hold a role by a group for as long after the provider last vouched for them. */
const MAIL_SECONDS = 90 * DAY_SECONDS;

/** Alerts reach people by roles of groups where the provider vouched for them then or later. */
export const mailedSince = (now: Instant): Instant => now - MAIL_SECONDS;

/** A role by a group that counts in sessions of the provider alone: it has not vouched for the person for a week. */
export const isLapsed = (
  { origin }: Pick<StoredGrant, "origin">,
  { vouchedAt }: Pick<User, "vouchedAt">,
  now: Instant,
): boolean => origin !== "direct" && (vouchedAt ?? 0) < heldSince(now);
