import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { putAway, saveTeam } from "@/app/(dashboard)/teams/actions.ts";
import { readTeamProjects } from "@/app/(dashboard)/teams/lists.tsx";
import { needTeamPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { tableNames } from "@/app/table-input.ts";
import { AuditList } from "@/components/audit-list.tsx";
import { href, TRAVELLING, travelling } from "@/components/href.ts";
import { Kpis } from "@/components/kpis.tsx";
import { Money } from "@/components/money.tsx";
import { Empty, PageHeader, Section } from "@/components/page-header.tsx";
import { PeriodControl } from "@/components/period-control.tsx";
import { GpuHours } from "@/components/quantity.tsx";
import { List } from "@/components/tables/list.tsx";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { TextField } from "@/components/ui/field.tsx";
import { Guarded } from "@/components/ui/panel.tsx";
import { TextLink } from "@/components/ui/text-link.tsx";
import { isBuiltIn, UNASSIGNED_TEAM } from "@/lib/attribution/types.ts";
import { mayDo } from "@/lib/auth/allow.ts";
import { listActs } from "@/lib/auth/audit-store.ts";
import { env } from "@/lib/env.ts";
import { daysOfPeriod, loadTeams, type TeamRow } from "@/lib/pages/teams.ts";
import { dateOf, dayKey } from "@/lib/time.ts";

export const metadata: Metadata = { title: "Team" };

interface Props {
  readonly params: Promise<{ team: string }>;
  readonly searchParams: Search;
}

export default async function TeamPage({ params: route, searchParams }: Props) {
  const { team: key } = await route;
  if (!/^\d+$/.test(key)) notFound();
  const input = await readInput(searchParams);
  needTeamPage(input.ctx, Number(key));
  const { ctx } = input;
  input.address.only([...TRAVELLING, ...tableNames()]);
  // Who changed what, and rules, are for people who read all teams; others see what the team pays.
  const whole = mayDo(ctx.viewer, "teams.read");
  const days = daysOfPeriod(input.period, input.billingZone);
  const today = dayKey(dateOf(input.now, input.billingZone));
  const [rows, projects, acts] = await Promise.all([
    loadTeams(ctx, days, today, Number(key)),
    readTeamProjects(input, Number(key)),
    whole ? listActs(ctx.db, 20, `team/${key}`) : [],
  ]);
  const team = rows.find((r) => r.key === Number(key));
  if (!team) notFound();
  const currency = env().LEDGER_CURRENCY;
  return (
    <>
      <PageHeader
        title={team.name}
        trail={whole ? [{ label: "Teams", href: href("/teams", travelling(input.params)) }] : []}
        notice={input.notice}
        controls={<PeriodControl period={input.period} zone={input.billingZone} />}
      >
        {team.archivedAt === null ? (team.owner ? `Owner: ${team.owner}.` : "") : "Archived."}
      </PageHeader>
      <Kpis
        items={[
          { label: "Total", value: <Money micros={team.totalMicros} currency={currency} /> },
          { label: "Own work", value: <Money micros={team.chargedMicros} currency={currency} /> },
          { label: "of it idle", value: <Money micros={team.idleMicros} currency={currency} /> },
          { label: "Shared", value: <Money micros={team.sharedMicros} currency={currency} change /> },
          ...(team.correctionMicros === 0
            ? []
            : [{ label: "Corrections", value: <Money micros={team.correctionMicros} currency={currency} change /> }]),
          { label: "GPU-hours", value: <GpuHours milli={team.gpuMilli} /> },
        ]}
      />
      <List
        title="Projects"
        note="charged to this team"
        {...projects}
        empty={
          <Empty title="Nothing in this period">
            A rule assigns workloads to a team: <TextLink to="/teams/rules">create one</TextLink>.
          </Empty>
        }
      />
      {mayDo(ctx.viewer, "teams.edit") && <Booking team={team} />}
      {whole && (
        <Section title="Changes" note="of this team and its rules">
          <AuditList
            acts={acts}
            zone={input.zone}
            empty="Nobody has changed it yet."
            names={new Map([[`team/${team.key}`, team.name]])}
          />
        </Section>
      )}
    </>
  );
}

function Booking({ team }: { team: TeamRow }) {
  const isArchived = team.archivedAt !== null;
  return (
    <Section title="Where it is booked">
      <ActionForm
        action={saveTeam}
        label="Save"
        fields={{ key: String(team.key), ...(isBuiltIn(team.key) ? { name: team.name } : {}) }}
      >
        {!isBuiltIn(team.key) && <TextField label="Name" name="name" value={team.name} required />}
        <TextField label="Cost centre" name="costCentre" value={team.costCentre} />
        <TextField label="GL account" name="glAccount" value={team.glAccount} />
        <TextField label="Owner" name="owner" value={team.owner} />
        <TextField label="Reason (audit log)" name="reason" />
      </ActionForm>
      {team.key === UNASSIGNED_TEAM && (
        <p className="mt-2 text-sm text-soft">It holds what no rule matches, and keeps its name.</p>
      )}
      {!isBuiltIn(team.key) && (
        <div className="mt-4">
          <Guarded label={isArchived ? "Restore" : "Archive"}>
            <p className="mb-2 text-sm text-soft">
              {isArchived
                ? "Rules can assign work to it again."
                : "You can archive a team once no rule assigns work to it. Its name and history stay."}
            </p>
            <ActionForm
              action={putAway}
              label={isArchived ? "Restore the team" : "Archive the team"}
              look={isArchived ? "strong" : "danger"}
              fields={{ key: String(team.key), act: isArchived ? "restore" : "archive" }}
            />
          </Guarded>
        </div>
      )}
    </Section>
  );
}
