import type { ReactNode } from "react";
import { Narrow, Table, Td, Th } from "@/components/data-table.tsx";
import { formatMoment } from "@/components/format.ts";
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
  return (
    <Table label="Sessions">
      <thead>
        <tr>
          <Th>Device</Th>
          <Th>Address</Th>
          <Th>Signed in by</Th>
          <Th>Last seen</Th>
          <Th>Signed in</Th>
          <Th>Ends at the latest</Th>
          {act && (
            <Th>
              <span className="sr-only">Act</span>
            </Th>
          )}
        </tr>
      </thead>
      <tbody>
        {sessions.map((session) => (
          <tr key={session.idHash} className="hover:bg-raised">
            <Td className="max-w-64">
              <span className="block truncate" title={session.agent}>
                {deviceOf(session.agent)}
              </span>
              {session.idHash === present && <span className="text-xs text-good">this session</span>}
              <Narrow>seen {formatMoment(session.lastSeenAt, zone)}</Narrow>
            </Td>
            <Td>{session.address || "unknown"}</Td>
            <Td>{session.method}</Td>
            <Td className="whitespace-nowrap">{formatMoment(session.lastSeenAt, zone)}</Td>
            <Td className="whitespace-nowrap">{formatMoment(session.createdAt, zone)}</Td>
            <Td className="whitespace-nowrap">{formatMoment(session.endsAt, zone)}</Td>
            {act && <Td>{act(session)}</Td>}
          </tr>
        ))}
      </tbody>
    </Table>
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
