import { PageLink } from "@/app/page-link.tsx";
import { Section } from "@/components/page-header.tsx";
import { count, instant, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView } from "@/components/tables/view.ts";
import type { ListedConnection } from "@/lib/connections/types.ts";
import type { WindowCount } from "@/lib/pages/types.ts";
import { TestConnections } from "./test-connections.tsx";

interface Shown {
  readonly connections: readonly ListedConnection[];
  readonly windows: readonly WindowCount[];
  readonly zone: string;
  readonly mayOperate: boolean;
}

const WINDOWS = [
  text<WindowCount>("source", "Source", (w) => w.source),
  text<WindowCount>("status", "Status", (w) => w.status),
  count<WindowCount>("windows", "Windows", (w) => w.count, { lead: true }),
  count<WindowCount>("samples", "Samples", (w) => w.samples),
  instant<WindowCount>("end", "Newest end", (w) => w.newestEndAt, { look: ["whole"] }),
];

/** Which sources there are, whether they answer, and what they have given so far. */
export function Connections({ connections, windows, zone, mayOperate }: Shown) {
  return (
    <>
      <Section title="Connections">
        <ul className="text-sm">
          {connections.map((c) => (
            <li key={c.name} className="flex flex-wrap justify-between gap-x-6 border-b py-2">
              <span className="font-medium">{c.title}</span>
              <span className="break-all text-soft">
                {c.fields.url}
                {c.pausedAt === null ? "" : ", paused"}
                {c.key === null ? ", from environment variables" : ""}
              </span>
            </li>
          ))}
        </ul>
        <p className="mt-2 text-sm">
          <PageLink to="/sync/connections">
            {connections.length > 0 ? "Add or change connections" : "Add a connection"}
          </PageLink>
        </p>
        {mayOperate && <TestConnections />}
      </Section>
      {windows.length > 0 && (
        <Section title="Windows" note="spans that a source is, was or will be asked for">
          <DataTable
            view={plainView("Windows by source and status", WINDOWS, { zone, now: 0, carry: {} })}
            rows={windows}
          />
        </Section>
      )}
    </>
  );
}
