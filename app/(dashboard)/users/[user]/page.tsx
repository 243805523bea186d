import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { OpenFindings } from "@/app/(dashboard)/findings/open-findings.tsx";
import { nowSentence, recentColumns, runningColumns } from "@/app/(dashboard)/me/parts.tsx";
import { mayOpen } from "@/app/may-open.ts";
import { needPage } from "@/app/need-page.ts";
import { decodedPart, readInput, type Search } from "@/app/page-input.ts";
import { href, TRAVELLING, travelling } from "@/components/href.ts";
import { Empty, PageHeader, Section } from "@/components/page-header.tsx";
import { PeriodControl } from "@/components/period-control.tsx";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView } from "@/components/tables/view.ts";
import { TextLink } from "@/components/ui/text-link.tsx";
import { mayDo } from "@/lib/auth/allow.ts";
import type { Viewer } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";
import { daysOfPeriod } from "@/lib/pages/teams.ts";
import { type UserPage as Loaded, loadUser, seesUsers } from "@/lib/pages/users.ts";
import { CostByDay, costColumns, partColumns, UserKpis } from "./parts.tsx";

interface Props {
  readonly params: Promise<{ user: string }>;
  readonly searchParams: Search;
}

const MOST_RUNNING = 15;
const MOST_RECENT = 10;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `${decodedPart((await params).user)} · User` };
}

/** One user: what they ran, what it cost, what of it idled. */
export default async function UserPage({ params: route, searchParams }: Props) {
  const user = decodedPart((await route).user);
  const input = await readInput(searchParams);
  needPage(input.ctx, "/users");
  const { ctx, period, billingZone, zone, now, params } = input;
  input.address.only([...TRAVELLING, "table"]);
  const page = await loadUser(ctx, user, period, daysOfPeriod(period, billingZone)).catch((error: unknown) => {
    if (error instanceof AppError && error.code === "not_found") notFound();
    throw error;
  });
  const carry = travelling(params);
  const look = { zone, now, carry };
  const { work, currency } = page;
  const whole = mayOpen(ctx.viewer, "/workloads");
  return (
    <>
      <PageHeader
        title={page.user}
        trail={seesUsers(ctx.viewer) ? [{ label: "Users", href: href("/users", carry) }] : []}
        notice={input.notice}
        controls={<PeriodControl input={input} />}
      >
        {page.partly && "What is charged to your teams. "}
        {work && nowSentence(work, page.own ? "You hold" : "Holds")}
      </PageHeader>
      <UserKpis page={page} days={period.days} />
      <CostByDay page={page} params={params} />
      {work && (
        <>
          <Section title="Running" note="what holds GPUs now; idle longest first">
            <DataTable
              view={plainView("Running workloads", runningColumns(currency, env().RUNAI_URL), look)}
              rows={work.running.slice(0, MOST_RUNNING)}
              empty={<Empty title="None of these workloads holds a GPU now" />}
            />
            {work.running.length > MOST_RUNNING && whole && (
              <p className="mt-2 text-xs">
                <TextLink to={href("/workloads", carry, { user: page.user, phase: "Running" })}>
                  {`All ${work.running.length} that run`}
                </TextLink>
              </p>
            )}
          </Section>
          <OpenFindings input={input} users={[page.user]} />
        </>
      )}
      <Section title="Workloads" note="that cost most in this period">
        <DataTable
          view={plainView("Workloads by cost", costColumns(currency, whole), look)}
          rows={page.costs}
          empty={<Empty title="Nothing of this user was charged in this period">Choose a longer period.</Empty>}
        />
        <MoreWorkloads page={page} carry={carry} whole={whole} />
      </Section>
      {work && work.recent.length > 0 && (
        <Section title="Recent" note="with usage in this period, newest first">
          <DataTable
            view={plainView("Recent workloads", recentColumns(currency), look)}
            rows={work.recent.slice(0, MOST_RECENT)}
          />
        </Section>
      )}
      <Breakdown page={page} carry={carry} openTeam={(key) => mayOpenTeam(ctx.viewer, key)} />
    </>
  );
}

/** The page of a team is open to people who see it whole. */
const mayOpenTeam = (viewer: Viewer, key: number): boolean =>
  mayDo(viewer, "teams.read") || (viewer.manages ?? []).includes(key);

interface PartProps {
  readonly page: Loaded;
  readonly carry: ReturnType<typeof travelling>;
}

function MoreWorkloads({ page, carry, whole }: PartProps & { readonly whole: boolean }) {
  if (page.sums.workloads <= page.costs.length || !whole) return null;
  return (
    <p className="mt-2 text-xs">
      <TextLink to={href("/workloads", carry, { user: page.user })}>All workloads of this user</TextLink>
    </p>
  );
}

function Breakdown({ page, carry, openTeam }: PartProps & { readonly openTeam: (key: number) => boolean }) {
  if (page.costs.length === 0) return null;
  const look = { zone: "UTC", now: 0, carry };
  const team = (key: number) => (openTeam(key) ? href(`/teams/${key}`, carry) : null);
  return (
    <div className="mt-10 grid grid-cols-1 gap-x-12 gap-y-10 xl:grid-cols-2">
      <Section title="Teams" note="that pay for it">
        <DataTable view={plainView("By team", partColumns(page.currency, "Team", team), look)} rows={page.teams} />
      </Section>
      <Section title="Projects">
        <DataTable
          view={plainView(
            "By project",
            partColumns(page.currency, "Project", () => null),
            look,
          )}
          rows={page.projects}
        />
      </Section>
    </div>
  );
}
