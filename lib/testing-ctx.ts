import { type LedgerFacts, ledgerOf } from "./ctx.ts";
import { parseEnv } from "./env.ts";

/** The ledger of a context in tests: the settings' own defaults (US dollars, UTC, calendar months) and what is given. */
export const testLedger = (settings: Readonly<Record<string, string>> = {}): LedgerFacts =>
  ledgerOf(parseEnv(settings));
