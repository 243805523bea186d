import type { Metadata } from "next";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { AuditList } from "@/components/audit/audit-list.tsx";
import { TRAVELLING } from "@/components/href.ts";
import { Empty, PageHeader, Section } from "@/components/page-header.tsx";
import { PeriodControl } from "@/components/period-control.tsx";
import { List } from "@/components/tables/list.tsx";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { TextField } from "@/components/ui/field.tsx";
import { isBuiltIn } from "@/lib/attribution/types.ts";
import { mayDo, readerFor } from "@/lib/auth/allow.ts";
import { listActs } from "@/lib/auth/audit-store.ts";
import { visibleTeams } from "@/lib/auth/visible-teams.ts";
import { isConnected } from "@/lib/connections/index.ts";
import { env } from "@/lib/env.ts";
import { countLabelled, daysOfPeriod } from "@/lib/pages/teams.ts";
import { dateOf } from "@/lib/time.ts";
import { addTeam } from "./actions.ts";
import { readRules, readTeams, readUnassigned, TEAM_NAMES } from "./lists.tsx";
import { RuleList } from "./rule-list.tsx";

export const metadata: Metadata = { title: "Teams" };

export default async function TeamsPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/teams");
  const { ctx, params } = input;
  input.address.only([...TRAVELLING, ...TEAM_NAMES]);
  // Rules and acts name every team.
  const whole = visibleTeams(ctx.viewer) === "all";
  const [teams, unassigned, rules, labels, acts] = await Promise.all([
    readTeams(input),
    readUnassigned(input),
    whole ? readRules(input) : null,
    countLabelled(ctx, daysOfPeriod(input.period, input.billingZone)),
    listActs(readerFor(ctx, "teams.read"), 20, "team"),
  ]);
  const nothing = teams.rows.every((r) => isBuiltIn(r.key) && r.totalMicros === 0);
  return (
    <>
      <PageHeader title="Teams" notice={input.notice} controls={<PeriodControl input={input} />}>
        Who pays, and for what. Rules assign workloads to teams; what no rule matches is Unassigned.
      </PageHeader>
      {params.saved === "rule" && (
        <p role="status" className="mb-5 text-sm text-good">
          Saved. Charges of the affected days are being recalculated.
        </p>
      )}
      <List
        title="Cost by team"
        {...teams}
        rows={nothing ? [] : teams.rows}
        empty={
          <Empty title="Nothing is charged in this period">
            Cost appears when usage is metered and a price is in force. Create a team below, and a rule that assigns
            workloads to it.
          </Empty>
        }
      />
      <List
        title="Unassigned"
        note="what no rule matches in this period"
        {...unassigned}
        empty={<p className="text-sm text-good">Nothing: every workload of this period belongs to a team.</p>}
      />
      {rules && (
        <RuleList
          lists={rules}
          today={dateOf(input.now, input.billingZone)}
          labels={labels}
          hasLabels={await isConnected(readerFor(ctx, "teams.read"), env(), "labels")}
        />
      )}
      {mayDo(ctx.viewer, "teams.edit") && (
        <Section title="New team">
          <ActionForm action={addTeam} label="Create team">
            <TextField label="Name" name="name" required />
            <TextField label="Cost centre" name="costCentre" />
            <TextField label="GL account" name="glAccount" />
            <TextField label="Owner" name="owner" />
          </ActionForm>
        </Section>
      )}
      {whole && (
        <Section title="Changes" note="of teams and rules, newest first">
          <AuditList
            acts={acts}
            zone={input.zone}
            empty="Nobody has changed a team or a rule yet."
            names={new Map(teams.rows.map((r) => [`team/${r.key}`, r.name]))}
          />
        </Section>
      )}
    </>
  );
}
