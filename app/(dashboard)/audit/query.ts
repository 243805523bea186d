import type { PageInput } from "@/app/page-input.ts";
import { TRAVELLING } from "@/components/href.ts";
import type { ActFilter } from "@/lib/auth/audit-store.ts";
import { ACTIONS } from "@/lib/auth/permissions.ts";

/** Every action that the record can hold, with its words. */
export const AUDIT_ACTIONS: readonly { readonly value: string; readonly label: string }[] = [
  { value: "session", label: "sign in, sign out, passwords" },
  { value: "download", label: "download data about everybody" },
  { value: "ledger.migrate", label: "upgrade the database" },
  ...Object.entries(ACTIONS).map(([value, { words }]) => ({ value, label: words })),
];

export const ACTION_WORDS: ReadonlyMap<string, string> = new Map(
  AUDIT_ACTIONS.map(({ value, label }) => [value, label]),
);

/** What the address asks of the audit log: the same for the page and its file. */
export function readAuditQuery({ address, params, period }: PageInput): { filter: ActFilter; page: number } {
  address.only([...TRAVELLING, "actor", "action", "subject", "page"]);
  const action = address.choice("action", "action", AUDIT_ACTIONS, "Every action is shown");
  const text = (name: string) => params[name]?.trim().slice(0, 200) || undefined;
  const filter = { start: period.start, end: period.end, actor: text("actor"), action, subject: text("subject") };
  return { filter, page: address.page() };
}
