import type { PageInput } from "@/app/page-input.ts";
import { href, travelling } from "@/components/href.ts";
import { Section } from "@/components/page-header.tsx";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView } from "@/components/tables/view.ts";
import { TextLink } from "@/components/ui/text-link.tsx";
import { mayDo } from "@/lib/auth/allow.ts";
import { listFindings } from "@/lib/insights/findings/load.ts";
import { findingColumns } from "./columns.tsx";

const MOST = 10;
/** Beside other tables there is no room for all. */
const BRIEF = ["finding", "subject", "state", "since", "cost", "hour"];

interface Props {
  readonly input: PageInput;
  readonly workload?: number;
  readonly project?: number;
  readonly team?: number;
  readonly users?: readonly string[];
  /** Only those of these rules. */
  readonly rules?: readonly string[];
  readonly title?: string;
  readonly note?: string;
}

/** Findings about a workload, a project, a team or some people, or of some rules, that are not resolved. Shows nothing without findings. */
export async function OpenFindings({
  input,
  workload,
  project,
  team,
  users,
  rules,
  title = "Findings now",
  note = "what rules found, the most expensive first",
}: Props) {
  const { ctx, zone, now, params } = input;
  if (!mayDo(ctx.viewer, "findings.read")) return null;
  const all = await listFindings(ctx, {
    ...{ live: true, workloadKey: workload, projectKey: project, teamKey: team, rules },
  });
  const rows = all.filter((f) => f.state !== "resolved" && (!users || users.includes(f.user)));
  if (rows.length === 0) return null;
  const carry = travelling(params);
  const columns = findingColumns(ctx.ledger.currency).filter((c) => BRIEF.includes(c.key));
  return (
    <Section title={title} note={note}>
      <DataTable
        view={plainView(title, columns, { zone, now, carry })}
        rows={rows.slice(0, MOST)}
        keyOf={(f) => f.id}
      />
      {rows.length > MOST && (
        <p className="mt-2 text-xs">
          <TextLink to={href("/findings", carry, { group: "all" })}>All findings</TextLink>
        </p>
      )}
    </Section>
  );
}
