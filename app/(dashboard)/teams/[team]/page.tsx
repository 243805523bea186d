import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { putAway, saveTeam } from "@/app/(dashboard)/teams/actions.ts";
import { needTeamPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { ActionForm } from "@/components/action-form.tsx";
import { AuditList } from "@/components/audit-list.tsx";
import { RowLink, Table, Td, Th } from "@/components/data-table.tsx";
import { Guarded, TextField } from "@/components/fields.tsx";
import { href, travelling } from "@/components/href.ts";
import { Kpis } from "@/components/kpis.tsx";
import { Money } from "@/components/money.tsx";
import { Empty, PageHeader, Section } from "@/components/page-header.tsx";
import { PeriodControl } from "@/components/period-control.tsx";
import { GpuHours } from "@/components/quantity.tsx";
import { isBuiltIn, UNASSIGNED_TEAM } from "@/lib/attribution/types.ts";
import { mayDo } from "@/lib/auth/allow.ts";
import { listActs } from "@/lib/auth/audit-store.ts";
import { env } from "@/lib/env.ts";
import { daysOfPeriod, loadTeamProjects, loadTeams, type TeamProject, type TeamRow } from "@/lib/pages/teams.ts";
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
  // Who changed what, and rules, are for people who read all teams; others see what the team pays.
  const whole = mayDo(ctx.viewer, "teams.read");
  const days = daysOfPeriod(input.period, input.billingZone);
  const today = dayKey(dateOf(input.now, input.billingZone));
  const [rows, projects, acts] = await Promise.all([
    loadTeams(ctx, days, today, Number(key)),
    loadTeamProjects(ctx, Number(key), days),
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
        {team.archivedAt === null ? (team.owner ? `Answered for by ${team.owner}.` : "") : "Archived."}
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
      <Projects projects={projects} currency={currency} to={(p) => href(`/projects/${p}`, travelling(input.params))} />
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

function Projects({
  projects,
  currency,
  to,
}: {
  projects: readonly TeamProject[];
  currency: string;
  to: (key: number) => string;
}) {
  return (
    <Section title="Projects" note="whose work it was charged for">
      {projects.length === 0 ? (
        <Empty title="Nothing in this period">A rule says what is a team's; make one on the page of teams.</Empty>
      ) : (
        <Table label="Projects">
          <thead>
            <tr>
              <Th>Project</Th>
              <Th>Cluster</Th>
              <Th right>GPU-hours</Th>
              <Th right>Cost</Th>
            </tr>
          </thead>
          <tbody>
            {projects.map((p) => (
              <tr key={p.key} className="hover:bg-raised">
                <Td>
                  <RowLink to={to(p.key)}>{p.name}</RowLink>
                </Td>
                <Td>{p.cluster}</Td>
                <Td right>
                  <GpuHours milli={p.gpuMilli} />
                </Td>
                <Td right>
                  <Money micros={p.amountMicros} currency={currency} />
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </Section>
  );
}

function Booking({ team }: { team: TeamRow }) {
  const isArchived = team.archivedAt !== null;
  return (
    <Section title="Where it is booked">
      <ActionForm action={saveTeam} label="Save">
        <input type="hidden" name="key" value={team.key} />
        {isBuiltIn(team.key) ? (
          <input type="hidden" name="name" value={team.name} />
        ) : (
          <TextField label="Name" name="name" value={team.name} required />
        )}
        <TextField label="Cost centre" name="costCentre" value={team.costCentre} />
        <TextField label="GL account" name="glAccount" value={team.glAccount} />
        <TextField label="Owner" name="owner" value={team.owner} />
        <TextField label="Why (for the audit log)" name="reason" />
      </ActionForm>
      {team.key === UNASSIGNED_TEAM && (
        <p className="mt-2 text-sm text-soft">It holds what no rule matches, and keeps its name.</p>
      )}
      {!isBuiltIn(team.key) && (
        <div className="mt-4">
          <Guarded label={isArchived ? "Take it back" : "Archive"}>
            <p className="mb-2 text-sm text-soft">
              {isArchived
                ? "It can be given work again."
                : "It can be given nothing any more, once no rule names it. Its name and history stay."}
            </p>
            <ActionForm
              action={putAway}
              label={isArchived ? "Restore the team" : "Archive the team"}
              look={isArchived ? "strong" : "danger"}
            >
              <input type="hidden" name="key" value={team.key} />
              <input type="hidden" name="act" value={isArchived ? "restore" : "archive"} />
            </ActionForm>
          </Guarded>
        </div>
      )}
    </Section>
  );
}
