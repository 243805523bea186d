import { Table, Td, Th } from "@/components/data-table.tsx";
import { formatMoment } from "@/components/format.ts";
import { Section } from "@/components/page-header.tsx";
import type { AuditEntry } from "@/lib/auth/audit-store.ts";

/** Every act about prices, newest first. */
export function Trail({ acts, zone }: { acts: readonly AuditEntry[]; zone: string }) {
  if (acts.length === 0) return null;
  return (
    <Section title="On record" note="every act about prices; nothing here can be changed">
      <Table label="Acts about prices" dense>
        <thead>
          <tr>
            <Th>When</Th>
            <Th>Who</Th>
            <Th>What</Th>
            <Th>About</Th>
            <Th>Why</Th>
          </tr>
        </thead>
        <tbody>
          {acts.map((a) => (
            <tr key={a.id}>
              <Td className="whitespace-nowrap">{formatMoment(a.at, zone)}</Td>
              <Td>{a.actorId}</Td>
              <Td>{sayAct(a)}</Td>
              <Td className="max-w-64 truncate">
                <span title={a.subject}>{subjectOf(a)}</span>
              </Td>
              <Td>{a.reason}</Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Section>
  );
}

interface After {
  readonly status?: string;
  readonly title?: string;
  readonly approvedByProposer?: boolean;
}
const afterOf = ({ after }: AuditEntry): After => (after ? (JSON.parse(after) as After) : {});

function sayAct(act: AuditEntry): string {
  if (act.action === "rates.record") return "recorded a rate";
  const { status, approvedByProposer } = afterOf(act);
  if (!status) return "proposed";
  return approvedByProposer ? `${status} (own proposal)` : status;
}

const subjectOf = (act: AuditEntry): string =>
  afterOf(act).title ?? act.subject.replace(/^(proposal\/[0-9a-f]{8}).*/, "$1").replaceAll("/", " ");
