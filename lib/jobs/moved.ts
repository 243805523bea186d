import type { Tx } from "@/db/client.ts";
import { forgetCharged } from "@/lib/charges/due-store.ts";
import type { Env } from "@/lib/env.ts";
import { dateOf, dayKey, type Instant } from "@/lib/time.ts";

/** Has the days from an instant on charged again: a source told otherwise whose work it is, or what it is. */
export const chargeAgain =
  (env: Env) =>
  (tx: Tx, since: Instant): Promise<void> =>
    forgetCharged(tx, dayKey(dateOf(since, env.BILLING_TIME_ZONE)));
