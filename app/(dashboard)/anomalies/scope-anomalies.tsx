import { mayOpen } from "@/app/may-open.ts";
import type { PageInput } from "@/app/page-input.ts";
import { href, travelling } from "@/components/href.ts";
import { Section } from "@/components/page-header.tsx";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView } from "@/components/tables/view.ts";
import { TextLink } from "@/components/ui/text-link.tsx";
import { mayDo } from "@/lib/auth/allow.ts";
import { listAnomalies } from "@/lib/insights/anomalies/list.ts";
import { daysOfPeriod } from "@/lib/pages/teams.ts";
import { anomalyColumns } from "./columns.tsx";

const MOST = 5;
/** Beside other tables there is no room for all. */
const BRIEF = ["scope", "days", "actual", "impact", "cause", "state"];

interface Props {
  readonly input: PageInput;
  readonly kind: "team" | "project";
  readonly scope: number;
}

/** Unusual days of a team or project in the period that nothing explains, what is worth most first. Shows nothing without any. */
export async function ScopeAnomalies({ input, kind, scope }: Props) {
  const { ctx, zone, now, params, period } = input;
  if (!mayDo(ctx.viewer, "anomalies.read")) return null;
  const found = await listAnomalies(ctx, {
    days: daysOfPeriod(period, input.billingZone),
    scopeKind: kind,
    scopeKey: scope,
  });
  const rows = found.anomalies.filter((a) => a.state === "open" || a.state === "real");
  if (rows.length === 0) return null;
  const carry = travelling(params);
  const columns = anomalyColumns(found, ctx.ledger.currency, false).filter((c) => BRIEF.includes(c.key));
  return (
    <Section title="Anomalies" note="unusual days of this period that nothing explains, those worth most first">
      <DataTable
        view={plainView("Anomalies", columns, { zone, now, carry })}
        rows={rows.slice(0, MOST)}
        keyOf={(a) => a.id}
      />
      {mayOpen(ctx.viewer, "/anomalies") && (
        <p className="mt-2 text-xs">
          <TextLink to={href("/anomalies", carry, { kind, measure: "all" })}>
            {rows.length > MOST ? `All anomalies, ${rows.length - MOST} more of this ${kind}` : "All anomalies"}
          </TextLink>
        </p>
      )}
    </Section>
  );
}
