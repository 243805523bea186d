import "server-only";
import { env } from "@/lib/env";
import { rulesOf } from "@/lib/jobs/rules";
import { classMeanings } from "@/lib/metering/meanings";

/** What each class means under the rules in force: the thresholds are settings. */
export const meaningsInForce = () => classMeanings(rulesOf(env()));
