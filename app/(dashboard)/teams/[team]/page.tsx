import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Suspense } from "react";
import { ScopeAnomalies } from "@/app/(dashboard)/anomalies/scope-anomalies.tsx";
import { BudgetSummary } from "@/app/(dashboard)/budgets/summary.tsx";
import { OpenFindings } from "@/app/(dashboard)/findings/open-findings.tsx";
import { SpendKpis } from "@/app/(dashboard)/spend/spend-kpis.tsx";
import { SpendTrend } from "@/app/(dashboard)/spend/spend-trend.tsx";
import { Why } from "@/app/(dashboard)/spend/why.tsx";
import { putAway, saveTeam } from "@/app/(dashboard)/teams/actions.ts";
import { readTeamProjects } from "@/app/(dashboard)/teams/lists.tsx";
import { mayOpen } from "@/app/may-open.ts";
import { needTeamPage } from "@/app/need-page.ts";
import { type PageInput, readInput, type Search } from "@/app/page-input.ts";
import { titleOf } from "@/app/page-title.ts";
import { sparkDays } from "@/app/spark-days.ts";
import { tableNames } from "@/app/table-input.ts";
import { AuditList } from "@/components/audit/audit-list.tsx";
import { formatMoney } from "@/components/format.ts";
import { href, TRAVELLING, travelling } from "@/components/href.ts";
import { Empty, PageHeader, Section } from "@/components/page-header.tsx";
import { PeriodControl } from "@/components/period-control.tsx";
import { List } from "@/components/tables/list.tsx";
import { sparks, withSparks } from "@/components/tables/spark-column.tsx";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { TextField } from "@/components/ui/field.tsx";
import { Guarded } from "@/components/ui/panel.tsx";
import { TextLink } from "@/components/ui/text-link.tsx";
import { findTeam } from "@/lib/attribution/team-store.ts";
import { isBuiltIn, type Team, UNASSIGNED_TEAM } from "@/lib/attribution/types.ts";
import { mayDo, readerFor, readerOfTeam } from "@/lib/auth/allow.ts";
import { listActs } from "@/lib/auth/audit-store.ts";
import { loadTeamHome, type TeamHome } from "@/lib/pages/home/team-home.ts";
import { loadProjectSparks, loadUserSparks, loadWorkloadSparks, type Sparks } from "@/lib/pages/sparks.ts";
import { loadSpend, type SpendView } from "@/lib/pages/spend.ts";
import { daysOfPeriod, type TeamProject } from "@/lib/pages/teams.ts";
import { GRAINS, type Grain } from "@/lib/reports/cost/cost-trend.ts";
import { dateOf, dayKey } from "@/lib/time.ts";
import { TeamParts } from "./team-parts.tsx";

export async function generateMetadata({ params }: { params: Promise<{ team: string }> }): Promise<Metadata> {
  return titleOf("team", (await params).team);
}

interface Props {
  readonly params: Promise<{ team: string }>;
  readonly searchParams: Search;
}

export default async function TeamPage({ params: route, searchParams }: Props) {
  const { team: key } = await route;
  if (!/^[1-9]\d{0,14}$/.test(key)) notFound();
  const teamKey = Number(key);
  const input = await readInput(searchParams);
  needTeamPage(input.ctx, teamKey);
  const { ctx, params } = input;
  input.address.only([...TRAVELLING, ...tableNames(), "grain", "table", "card"]);
  // Who changed what, and rules, are for people who read all teams; others see what the team pays.
  const whole = mayDo(ctx.viewer, "teams.read");
  const days = daysOfPeriod(input.period, input.billingZone);
  const today = dayKey(dateOf(input.now, input.billingZone));
  const grain = GRAINS.find((g) => g === params.grain) ?? "day";
  const team = await findTeam(readerOfTeam(ctx, teamKey), teamKey);
  if (!team) notFound();
  const [view, home, projects, acts] = await Promise.all([
    loadSpend(ctx, { days, today, grain, team: key }),
    loadTeamHome(ctx, teamKey, days),
    readTeamProjects(input, teamKey),
    whole ? listActs(readerFor(ctx, "teams.read"), 20, `team/${key}`) : [],
  ]);
  return (
    <>
      <PageHeader
        title={team.name}
        trail={whole ? [{ label: "Teams", href: href("/teams", travelling(params)) }] : []}
        notice={input.notice}
        controls={<PeriodControl input={input} />}
      >
        {team.archivedAt === null ? (team.owner ? `Owner: ${team.owner}.` : "") : "Archived."}{" "}
        <LastStatement home={home} team={teamKey} currency={view.currency} />
      </PageHeader>
      <Suspense fallback={<div aria-hidden="true" className="min-h-52" />}>
        <BudgetSummary ctx={ctx} scope={{ kind: "team", value: key }} at={{ path: `/teams/${key}`, params }} />
      </Suspense>
      {view.totalMicros === null ? (
        <NothingCharged rules={whole} />
      ) : (
        <Charged input={input} view={view} grain={grain} projects={projects} home={home} />
      )}
      <Suspense>
        <ScopeAnomalies input={input} kind="team" scope={teamKey} />
      </Suspense>
      <OpenFindings input={input} team={teamKey} />
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

function NothingCharged({ rules }: { rules: boolean }) {
  return (
    <Empty title="Nothing is charged to this team in this period">
      Choose another period
      {rules && (
        <>
          , or see which <TextLink to="/teams/rules">rules</TextLink> assign work to it
        </>
      )}
      .
    </Empty>
  );
}

const trendOf = ({ of, step }: Sparks<number>) =>
  sparks<TeamProject>(
    (p) => of(p.key),
    (p) => p.name,
    step,
  );

interface ChargedProps {
  readonly input: PageInput;
  readonly view: SpendView;
  readonly grain: Grain;
  readonly projects: Awaited<ReturnType<typeof readTeamProjects>>;
  readonly home: TeamHome;
}

/** What the team cost, how that changed and why, and who and what it was. */
async function Charged({ input, view, grain, projects, home }: ChargedProps) {
  const { params, ctx } = input;
  const { cost, days } = await sparkDays({ ...input, cluster: undefined }, view.team?.key);
  const keys = home.workloads.map((w) => w.key);
  const [ofProjects, users, workloads] = await Promise.all([
    loadProjectSparks(ctx, cost, days),
    loadUserSparks(ctx, cost, days),
    loadWorkloadSparks(ctx, cost, days, keys),
  ]);
  return (
    <>
      <SpendKpis view={view} />
      <SpendTrend view={view} grain={grain} params={params} path={`/teams/${view.team?.key}`} />
      <Suspense>
        <Why input={input} view={view} />
      </Suspense>
      <List
        title="Projects"
        note="charged to this team"
        {...projects}
        view={withSparks(projects.view, trendOf(ofProjects))}
        empty={<Empty title="No project's work was charged to this team in this period" />}
      />
      <TeamParts
        home={home}
        currency={view.currency}
        carry={travelling(params)}
        open={mayOpen(ctx.viewer, "/workloads")}
        trend={{ users, workloads }}
      />
    </>
  );
}

function LastStatement({ home, team, currency }: { home: TeamHome; team: number; currency: string }) {
  if (!home.statement) return null;
  const { periodId, totalMicros } = home.statement;
  return (
    <>
      Newest statement:{" "}
      <TextLink to={`/statements/${periodId}/${team}`}>
        {periodId}, {formatMoney(totalMicros, currency)}
      </TextLink>
      .
    </>
  );
}

function Booking({ team }: { team: Team }) {
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
