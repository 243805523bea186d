import { Section } from "@/components/page-header.tsx";
import { instant, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import type { AuditEntry } from "@/lib/auth/audit-store.ts";

const COLUMNS: readonly TableColumn<AuditEntry>[] = [
  instant("at", "When", (a) => a.at, { look: ["whole"] }),
  text("who", "Who", (a) => a.actorId),
  text("what", "What", (a) => sayAct(a), { lead: true }),
  text("subject", "About", (a) => subjectOf(a), { look: ["cut"], hint: (a) => a.subject }),
  text("reason", "Reason", (a) => a.reason),
];

/** Every act about prices, newest first. */
export function Trail({ acts, zone }: { acts: readonly AuditEntry[]; zone: string }) {
  if (acts.length === 0) return null;
  return (
    <Section title="On record" note="every act about prices; nothing here can be changed">
      <DataTable view={plainView("Acts about prices", COLUMNS, { zone, now: 0, carry: {} })} rows={acts} />
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
