import { RowLink, Table, Td, Th } from "@/components/data-table.tsx";
import { formatMoment } from "@/components/format.ts";
import { Empty, Section } from "@/components/page-header.tsx";
import type { Proposal } from "@/lib/pricing/types.ts";

const STATUS_TONE: Readonly<Record<Proposal["status"], string>> = {
  proposed: "bg-warn-wash text-warn",
  approved: "bg-accent-wash text-accent",
  rejected: "bg-sunken text-soft",
  withdrawn: "bg-sunken text-soft",
};

export function StatusBadge({ status }: { status: Proposal["status"] }) {
  return <span className={`rounded px-1.5 py-0.5 text-xs font-medium ${STATUS_TONE[status]}`}>{status}</span>;
}

/** What was proposed, and what became of it. */
export function Proposals({ proposals, zone }: { proposals: readonly Proposal[]; zone: string }) {
  return (
    <Section title="Proposals" note="nothing is charged by a proposal before it is approved">
      {proposals.length === 0 ? (
        <Empty title="Nothing was proposed yet" />
      ) : (
        <Table label="Proposals" dense>
          <thead>
            <tr>
              <Th>Title</Th>
              <Th>Status</Th>
              <Th right>Version</Th>
              <Th>Proposed</Th>
              <Th>Decided</Th>
            </tr>
          </thead>
          <tbody>
            {proposals.map((p) => (
              <tr key={p.id}>
                <Td>
                  <RowLink to={`/prices/${p.id}`}>{p.title || p.id.slice(0, 8)}</RowLink>
                </Td>
                <Td>
                  <StatusBadge status={p.status} />
                </Td>
                <Td right>{p.version ?? ""}</Td>
                <Td className="whitespace-nowrap">
                  {formatMoment(p.proposedAt, zone)} <span className="text-faint">by {p.proposedBy}</span>
                </Td>
                <Td className="whitespace-nowrap">
                  {p.decidedAt !== null && (
                    <>
                      {formatMoment(p.decidedAt, zone)} <span className="text-faint">by {p.decidedBy}</span>
                    </>
                  )}
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </Section>
  );
}
