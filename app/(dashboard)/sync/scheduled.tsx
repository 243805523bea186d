import { Section } from "@/components/page-header.tsx";
import { env } from "@/lib/env.ts";
import { whatToSet } from "@/lib/sources/index.ts";

/** What runs without anybody asking for it, in this server or beside it. */
/** @param canSync whether a source lists what exists. */
export function Scheduled({ canSync }: { canSync: boolean }) {
  const { SCHEDULER, SYNC_SCHEDULE } = env();
  const works = [
    canSync
      ? ["Sync, metering, charges and findings", SYNC_SCHEDULE]
      : ["Sync and metering", `do not run: no source is configured. To sync, add a connection, or ${whatToSet()}.`],
    ...(canSync ? [] : [["Charges of what is stored", SYNC_SCHEDULE]]),
    ["Alert rules, digests and usage events", "@every 60s"],
    ["Messages that wait, and those to be tried again", "@every 2s"],
  ] as const;
  return (
    <Section
      title="Scheduled work"
      note={SCHEDULER ? "runs in this server" : "this server runs none of it (SCHEDULER=off); `ledger serve-jobs` does"}
    >
      <ul className="text-sm">
        {works.map(([what, when]) => (
          <li key={what} className="flex flex-wrap justify-between gap-x-6 border-b py-2">
            <span className="font-medium">{what}</span>
            <span className="text-soft">{when}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
