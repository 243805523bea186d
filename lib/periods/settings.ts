import type { Env } from "@/lib/env.ts";
import type { BillingCalendar } from "./calendar.ts";

/** What the ledger's owner decided about periods and statements. */
export interface CloseSettings {
  readonly calendar: BillingCalendar;
  /** Days after a period's end before it can be closed. */
  readonly graceDays: number;
  readonly currency: string;
  readonly issuer: string;
  /** Whom to ask about a statement; empty: nobody is named. */
  readonly contact: string;
}

/** What the ledger's owner decided about files: where the platform books what it recovers from teams, and paper and fonts. */
export const fileSettingsOf = (env: Env) => ({
  recoveryAccount: env.RECOVERY_GL_ACCOUNT,
  recoveryCostCentre: env.RECOVERY_COST_CENTRE,
  pageSize: env.STATEMENT_PAPER,
  fonts: env.STATEMENT_FONTS,
  focusVersion: env.FOCUS_VERSION,
});

export const closeSettingsOf = (env: Env): CloseSettings => ({
  calendar: { kind: env.BILLING_CALENDAR, fiscalYearStart: env.FISCAL_YEAR_START, zone: env.BILLING_TIME_ZONE },
  graceDays: env.CLOSE_GRACE_DAYS,
  currency: env.LEDGER_CURRENCY,
  issuer: env.STATEMENT_ISSUER,
  contact: env.DISPUTE_CONTACT,
});
