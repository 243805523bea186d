import { HOUR } from "@/lib/time.ts";
import { type Message, messageSchema } from "./types.ts";

/** A message for tests: a sync that is late, and what is given. */
export const testMessage = (given: Partial<Message> = {}): Message =>
  messageSchema.parse({
    change: "trigger",
    dedupeKey: "gpu-ledger:1:sync",
    messageId: "event-1.1",
    rule: { key: 1, kind: "sync-late", name: "Sync is late" },
    severity: "critical",
    team: "",
    title: "The sync is 2 h late",
    summary: "The last complete sync ended at 2026-11-20T08:00:00Z.",
    facts: [{ label: "Last sync", value: "20 Nov, 08:00" }],
    link: "https://ledger.example/sync",
    startedAt: 1_700_000_000,
    at: 1_700_000_000 + HOUR,
    resolvedAt: null,
    ...given,
  });
