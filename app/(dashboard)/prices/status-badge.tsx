import type { Proposal } from "@/lib/pricing/types.ts";

const TONES: Readonly<Record<Proposal["status"], string>> = {
  proposed: "bg-warn-wash text-warn",
  approved: "bg-accent-wash text-accent",
  rejected: "bg-sunken text-soft",
  withdrawn: "bg-sunken text-soft",
};

export function StatusBadge({ status }: { status: Proposal["status"] }) {
  return <span className={`rounded px-1.5 py-0.5 text-xs font-medium ${TONES[status]}`}>{status}</span>;
}
