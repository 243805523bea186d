import type { ReactNode } from "react";
import { drawn, instant, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import type { Session } from "@/lib/auth/session-store.ts";

interface Props {
  readonly sessions: readonly Session[];
  readonly zone: string;
  /** The session that the reader is using now. */
  readonly present?: string;
  /** What can be done with a session; nothing where absent. */
  readonly act?: (session: Session) => ReactNode;
}

/** Where somebody is signed in, the newest first. */
export function SessionTable({ sessions, zone, present, act }: Props) {
  const columns: readonly TableColumn<Session>[] = [
    text("device", "Device", (s) => deviceOf(s.agent), {
      hint: (s) => s.agent,
      note: (s) => s.idHash === present && <span className="text-good">this session</span>,
    }),
    text("address", "Address", (s) => s.address || "unknown"),
    text("method", "Signed in by", (s) => s.method),
    instant("seen", "Last seen", (s) => s.lastSeenAt, { lead: true, look: ["whole"] }),
    instant("created", "Signed in", (s) => s.createdAt, { look: ["whole"] }),
    instant("ends", "Ends at the latest", (s) => s.endsAt, { look: ["whole"] }),
    ...(act ? [drawn<Session>("act", "Act", act)] : []),
  ];
  return (
    <DataTable
      view={plainView("Sessions", columns, { zone, now: 0, carry: {} })}
      rows={sessions}
      keyOf={(s) => s.idHash}
    />
  );
}

const BROWSERS = [
  [/Edg\//, "Edge"],
  [/Firefox\//, "Firefox"],
  [/Chrome\//, "Chrome"],
  [/Safari\//, "Safari"],
] as const;
const SYSTEMS = [
  [/Android/, "Android"],
  [/iPhone|iPad/, "iOS"],
  [/Mac OS X/, "macOS"],
  [/Windows/, "Windows"],
  [/Linux/, "Linux"],
] as const;

/** `Firefox on Linux`; what a program calls itself where it is no browser that is known. */
function deviceOf(agent: string): string {
  const browser = BROWSERS.find(([pattern]) => pattern.test(agent))?.[1];
  const system = SYSTEMS.find(([pattern]) => pattern.test(agent))?.[1];
  return browser ? `${browser}${system ? ` on ${system}` : ""}` : agent.slice(0, 60) || "unknown";
}
