import Link from "next/link";
import { LiveSync } from "@/components/live-sync.tsx";
import { PageHeader } from "@/components/page-header.tsx";
import { env } from "@/lib/env.ts";
import type { SyncHealth } from "@/lib/pages/types.ts";

/** Before any data: what to do next, or the first sync as it goes. */
export function FirstSteps({ sync }: { sync: SyncHealth }) {
  const runai = Boolean(env().RUNAI_URL);
  const prometheus = Boolean(env().PROMETHEUS_URL);
  return (
    <div className="max-w-2xl">
      <PageHeader title="Overview">Nothing is metered yet.</PageHeader>
      {runai || prometheus ? (
        <>
          <p className="mb-4">
            {runai && prometheus ? "Run:ai and Prometheus are" : runai ? "Run:ai is" : "Prometheus is"} configured. The
            first figures appear here by themselves, usually within two minutes of the first sync.
          </p>
          <LiveSync initial={sync} />
        </>
      ) : (
        <Connect />
      )}
      <p className="mt-6 text-sm text-soft">
        See the{" "}
        <Link href="/sync" className="text-accent underline underline-offset-2">
          sync page
        </Link>{" "}
        for connections, gaps and backfill.
      </p>
    </div>
  );
}

function Connect() {
  return (
    <ol className="grid grid-cols-1 list-decimal gap-5 pl-5 marker:text-faint">
      <li>
        <p className="font-medium">Say where your cluster is.</p>
        <p className="text-sm text-soft">Set these for the server, for one source or both, and start it again.</p>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways on narrow screens. */}
        <pre tabIndex={0} className="scroll-x mt-2 rounded-md bg-sunken p-3 font-mono text-xs">
          {`RUNAI_URL=https://your-tenant.run.ai\nRUNAI_APP_ID=…\nRUNAI_APP_SECRET=…\n\nPROMETHEUS_URL=https://prometheus.your-cluster`}
        </pre>
      </li>
      <li>
        <p className="font-medium">Check the connection.</p>
        <p className="text-sm text-soft">
          <code className="font-mono text-xs">npm run ledger -- test</code> names what answers, and what to do where it
          does not.
        </p>
      </li>
      <li>
        <p className="font-medium">Or look around first.</p>
        <p className="text-sm text-soft">
          <code className="font-mono text-xs">npm run demo</code> starts a simulated cluster and syncs it through the
          real pipeline.
        </p>
      </li>
    </ol>
  );
}
