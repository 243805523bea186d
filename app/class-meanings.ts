import "server-only";
import { env } from "@/lib/env.ts";
import { rulesOf } from "@/lib/jobs/rules.ts";
import { classMeanings } from "@/lib/metering/meanings.ts";

/** What each class means under the rules in force: the thresholds are settings. */
export const meaningsInForce = () => classMeanings(rulesOf(env()));
