import { Section } from "@/components/page-header.tsx";
import { count, instant, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView } from "@/components/tables/view.ts";
import { env } from "@/lib/env.ts";
import type { WindowCount } from "@/lib/pages/types.ts";
import { SOURCES } from "@/lib/sources/index.ts";
import { TestConnections } from "./test-connections.tsx";

/** The address without anything secret in it. */
function shown(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname === "/" ? "" : pathname}`;
}

interface Shown {
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

/** Which sources are set, whether they answer, and what they have given so far. */
export function Connections({ windows, zone, mayOperate }: Shown) {
  const set = SOURCES.map(({ title, settings, address }) => {
    return { title, url: address(env()), keys: Object.keys(settings).join(", ") };
  });
  return (
    <>
      <Section title="Connections" note="set by environment variables">
        <ul className="text-sm">
          {set.map((s) => (
            <li key={s.title} className="flex flex-wrap justify-between gap-x-6 border-b py-2">
              <span className="font-medium">{s.title}</span>
              {s.url ? (
                <span className="break-all text-soft">{shown(s.url)}</span>
              ) : (
                <span className="text-faint">not set: {s.keys}</span>
              )}
            </li>
          ))}
        </ul>
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
