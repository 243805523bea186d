import { PageLink } from "@/app/page-link.tsx";
import { PageHeader } from "@/components/page-header.tsx";
import { LiveSync } from "@/components/shell/live-sync.tsx";
import { env } from "@/lib/env.ts";
import type { SyncHealth } from "@/lib/pages/types.ts";
import { configuredSources, SOURCES } from "@/lib/sources/index.ts";
import type { SourceDefinition } from "@/lib/sources/source.ts";

/** Before any data: what to do next, or the first sync as it goes. */
export function FirstSteps({ sync, title = "Overview" }: { sync: SyncHealth; title?: string }) {
  const titles = configuredSources(env()).map((source) => source.title);
  return (
    <div className="max-w-2xl">
      <PageHeader title={title}>Nothing is metered yet.</PageHeader>
      {titles.length > 0 ? (
        <>
          <p className="mb-4">
            {new Intl.ListFormat("en-GB").format(titles)} {titles.length > 1 ? "are" : "is"} configured. The first
            figures appear here by themselves, usually within two minutes of the first sync.
          </p>
          <LiveSync initial={sync} />
        </>
      ) : (
        <Connect />
      )}
      <p className="mt-6 text-sm text-soft">
        See the <PageLink to="/sync">sync page</PageLink> for connections, gaps and backfill.
      </p>
    </div>
  );
}

/** The settings of a source with examples; one without an inventory can only add to others. */
function linesOf({ title, provides, settings }: SourceDefinition): string {
  const lines = Object.entries(settings).map(([key, example]) => `${key}=${example}`);
  return [...(provides.has("inventory") ? [] : [`# ${title} is optional`]), ...lines].join("\n");
}

function Connect() {
  return (
    <ol className="grid grid-cols-1 list-decimal gap-5 pl-5 marker:text-faint">
      <li>
        <p className="font-medium">Say where your cluster is.</p>
        <p className="text-sm text-soft">
          Set these for the server, then start it again; or <PageLink to="/sync/connections">add a connection</PageLink>
          , which needs no restart.
        </p>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways on narrow screens. */}
        <pre tabIndex={0} className="scroll-x mt-2 rounded-md bg-sunken p-3 font-mono text-xs">
          {SOURCES.map(linesOf).join("\n\n")}
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
