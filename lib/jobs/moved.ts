import type { Tx } from "@/db/client.ts";
import { forgetCharged } from "@/lib/charges/due-store.ts";
import type { Env } from "@/lib/env.ts";
import { dateOf, dayKey, type Instant } from "@/lib/time.ts";

/** Marks the days from an instant on to be charged again: a source reported another owner or another fact. */
export const chargeAgain =
  (env: Env) =>
  (tx: Tx, since: Instant): Promise<void> =>
    forgetCharged(tx, dayKey(dateOf(since, env.BILLING_TIME_ZONE)));
